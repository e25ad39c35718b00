"""The ways in: command line, web page, standards and the network of twins."""
