"""What Segue raises: `Error`, and a class for each kind of error, also a kind of Python's own where there is one."""

from . import _core

__all__ = ["Error"]
__all__ += sorted(name for name, one in vars(_core).items() if isinstance(one, type) and _core.Error in one.__bases__)
globals().update({name: getattr(_core, name) for name in __all__})
