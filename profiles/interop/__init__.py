"""Redfish interoperability profiles (DSP0272), imported as requirements."""
