"""Cases (办理): verbs of a state table with their forms, rights and addresses, and the clocks they start and stop."""
