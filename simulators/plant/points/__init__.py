"""What each piece of equipment would tell if its instruments were perfect: point name -> true value."""
