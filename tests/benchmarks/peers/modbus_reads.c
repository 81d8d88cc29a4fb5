/* libmodbus in a loop: what the reading of registers costs in C.
 *
 *   modbus_reads COUNT REQUESTS PORT...        one thread for each port; prints CPU microseconds per request
 */
#include <modbus/modbus.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { MOST = 256 };

struct device {
    modbus_t *line;
    int count;
    long requests;
};

static double cpu_s(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static void *read_all(void *given) {
    struct device *device = given;
    uint16_t words[MODBUS_MAX_READ_REGISTERS];
    for (long n = 0; n < device->requests; n++) {
        if (modbus_read_registers(device->line, 0, device->count, words) != device->count) {
            perror("read");
            exit(1);
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    int devices = argc - 3;
    if (devices < 1 || devices > MOST) {
        fprintf(stderr, "usage: modbus_reads COUNT REQUESTS PORT...\n");
        return 2;
    }
    struct device all[MOST];
    for (int n = 0; n < devices; n++) {
        all[n] = (struct device){modbus_new_tcp("127.0.0.1", atoi(argv[3 + n])), atoi(argv[1]), atol(argv[2]) / devices};
        modbus_set_slave(all[n].line, 1);
        if (modbus_connect(all[n].line)) {
            perror("connect");
            return 1;
        }
    }
    double began = cpu_s();
    pthread_t threads[MOST];
    for (int n = 0; n < devices; n++) pthread_create(&threads[n], NULL, read_all, &all[n]);
    for (int n = 0; n < devices; n++) pthread_join(threads[n], NULL);
    printf("%.2f\n", 1e6 * (cpu_s() - began) / ((double)all[0].requests * devices));
    return 0;
}
