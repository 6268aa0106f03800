from hypothesis import settings

# The same examples every time, and no verdict by the clock: a loaded machine is no failure.
settings.register_profile("gradcheck", deadline=None, derandomize=True)
settings.load_profile("gradcheck")
