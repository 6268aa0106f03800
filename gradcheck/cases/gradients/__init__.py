"""Which arrays of a layer are its parameters, where backward leaves their gradients, and the Subject made of both."""
