"""Pages behind the links in e-mails, and asking for e-mails."""
