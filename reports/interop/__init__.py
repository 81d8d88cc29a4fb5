"""Redfish trees, and the interoperability profiles that they are judged by."""
