/* net-snmp in a loop: what a GET costs in C.
 *
 *   snmp_gets PORT OBJECTS REQUESTS ROOT OPTION...    OPTION as for snmpget, such as -v2c -c public
 *
 * Asks for ROOT.1 to ROOT.OBJECTS in one request; prints CPU microseconds per request.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <sys/resource.h>

static double cpu_s(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static void get(netsnmp_session *session, const oid *root, size_t length, int objects) {
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_GET), *answer = NULL;
    oid name[MAX_OID_LEN];
    memcpy(name, root, length * sizeof *root);
    for (int n = 1; n <= objects; n++) {
        name[length] = (oid)n;
        snmp_add_null_var(request, name, length + 1);
    }
    if (snmp_synch_response(session, request, &answer) != STAT_SUCCESS || answer->errstat) {
        snmp_sess_perror("get", session);
        exit(1);
    }
    snmp_free_pdu(answer);
}

int main(int argc, char **argv) {
    if (argc < 6) {
        fprintf(stderr, "usage: snmp_gets PORT OBJECTS REQUESTS ROOT OPTION...\n");
        return 2;
    }
    int objects = atoi(argv[2]);
    long requests = atol(argv[3]);
    char place[32];
    snprintf(place, sizeof place, "udp:127.0.0.1:%s", argv[1]);
    oid root[MAX_OID_LEN];
    size_t length = MAX_OID_LEN;
    setenv("MIBS", "", 1);
    init_snmp("snmp_gets");
    if (!read_objid(argv[4], root, &length)) return 2;
    argv[4] = argv[0];
    char *given[64];
    int count = 0;
    for (int n = 4; n < argc && count < 62; n++) given[count++] = strdup(argv[n]);
    given[count++] = place;
    given[count] = NULL;
    netsnmp_session wanted, *session;
    if (snmp_parse_args(count, given, &wanted, "", NULL) < 0 || !(session = snmp_open(&wanted))) {
        fprintf(stderr, "no session\n");
        return 1;
    }
    for (int n = 0; n < 10; n++) get(session, root, length, objects);
    double began = cpu_s();
    for (long n = 0; n < requests; n++) get(session, root, length, objects);
    printf("%.2f\n", 1e6 * (cpu_s() - began) / (double)requests);
    return 0;
}
