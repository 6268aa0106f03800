"""The sub-commands of the command line, one module each; `gradcheck.cli` imports the chosen one."""
