"""A Redfish service (DMTF DSP0266): its resources come from a device map, its envelope from resources.yaml."""
