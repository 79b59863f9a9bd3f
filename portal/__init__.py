"""The district's desk and the office's board: server-rendered pages over the same use cases; needs no Prefect."""
