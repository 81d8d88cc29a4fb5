"""What was recorded: the journal of events and the samples, read and written."""
