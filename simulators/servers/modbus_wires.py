"""On which wire a Modbus box is served: `wire:` of a site file's device, and the address that clients get.

address = await serve_on("rtu", box, keep, "127.0.0.1", authority, "genset-1-serial")
address(10)      # modbus+rtu:///dev/pts/3?unit=10
"""

from collections.abc import Callable

from profiles.refusal import Refusal
from profiles.suggest import suggest
from simulators.servers import modbus, modbus_rtu
from simulators.servers.modbus_tls import role_of, server_context
from simulators.servers.tls import Authority

TCP, TLS, RTU, RTU_OVER_TCP = "tcp", "tls", "rtu", "rtu-over-tcp"
WIRES = (TCP, TLS, RTU, RTU_OVER_TCP)
BAUD = 19200
SCHEMES = {TCP: "modbus", TLS: "modbus+tls", RTU_OVER_TCP: "modbus+rtutcp"}


async def serve_on(
    wire: str, box: modbus.Box, keep: list[object], host: str, authority: Authority, name: str, paced: bool = True
) -> Callable[[int], str]:
    """Start serving; the address of each unit. `keep` takes what must live as long as the service, and a serial
    line takes its time if it is `paced`."""
    if wire == RTU:
        port = modbus_rtu.serve_pty(box, BAUD, paced)
        keep.append(port)
        return lambda unit: f"modbus+rtu://{port.path}?unit={unit}"
    if wire == TCP:
        server, number = await modbus.serve(box, host)
    elif wire == TLS:
        server, number = await modbus.serve(box, host, server_context(authority, name), role_of)
    elif wire == RTU_OVER_TCP:
        server, number = await modbus_rtu.serve_tcp(box, host)
    else:
        raise Refusal(f"device {name}", f"there is no wire '{wire}'", suggest(wire, WIRES))
    keep.append(server)
    return lambda unit: f"{SCHEMES[wire]}://{host}:{number}/{unit}"
