"""One file per subcommand: `arguments` describes it, `execute` does it and returns the exit code."""
