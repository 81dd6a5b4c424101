"""The box around one run: its own process tree, its own directory, an environment built from
nothing.

`events` and `outcome` are the values that leave the box, `environ` is what goes in, `process` and
`contain` make sure that nothing survives it, `control` lets another process look at it and stop it.
`__main__` is what runs inside.
"""
