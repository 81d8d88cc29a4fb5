"""What stands on a test bench: sources, leads, a power supply, an electronic load, a thermal chamber, waveforms."""
