"""Tests of judging and sealing."""
