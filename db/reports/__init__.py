"""Reports in the database: what they are made of, their files, and their e-mails."""
