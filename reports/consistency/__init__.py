"""What a Redfish tree says against itself, which no schema sees."""
