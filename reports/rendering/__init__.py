"""What every rendering of a bundle shares: the view of its documents, the words, the charts."""
