"""A CUDA device for machines without one: it computes on the CPU and refuses what CUDA refuses.

Inside ``pretended()`` the device "cuda:0" is there, for this thread. Its tensors hold real numbers,
but an operation on tensors of both devices, ``numpy()`` on the device and a draw from a generator
of the other device raise; within ``Machine.steadily`` so does waiting for the device.
"""

from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager, nullcontext
from functools import wraps
from unittest.mock import patch
from weakref import WeakValueDictionary

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from lnl.data import reading_ahead

CUDA = torch.device("cuda", 0)
aten = torch.ops.aten
MOVES = (aten._to_copy.default, aten.copy_.default)
_generators = WeakValueDictionary()  # by address: operations are handed other Python objects


class HostSync(AssertionError):
    """The host would wait for the device in the middle of training."""


class WrongDevice(RuntimeError):
    """CUDA would raise: tensors of two devices in one operation."""


class OnDevice(torch.Tensor):
    """``held`` on the CPU, which says that it lies on the GPU; to torch's core it is a meta tensor.

    With the core told "cuda", the engine of autograd would look for a driver.
    """

    __torch_function__ = torch._C._disabled_torch_function_impl
    device = property(lambda self: CUDA)
    is_cuda = property(lambda self: True)
    is_cpu = is_meta = property(lambda self: False)

    def __new__(cls, held):
        shape = torch.empty_strided(held.size(), held.stride(), dtype=held.dtype, device="meta")
        made = torch.Tensor._make_subclass(cls, shape, False, device_for_backend_keys=CUDA)
        made.held = held
        return made

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        raise AssertionError(f"{func} outside pretended()")

    def __reduce_ex__(self, protocol):
        return self.held.__reduce_ex__(protocol)  # a checkpoint is read back on the CPU

    def __repr__(self):
        return f"OnDevice({self.held!r})"


class Generator(torch.Generator):
    """Draws as the CPU's does and says that it is of the device asked for."""

    def __new__(cls, device="cpu"):
        new = super().__new__(cls, "cpu")
        new.said = torch.device(device)
        _generators[new._cdata] = new
        return new

    device = property(lambda self: self.said)

    @staticmethod
    def place_of(generator):
        """Where a generator is said to be."""
        known = _generators.get(generator._cdata)
        return known.said if known else torch.device("cpu")


class AtOnce(Executor):
    """Does its work before it returns, in the thread that asks."""

    def __init__(self, threads, name):
        pass

    def submit(self, work, *args):
        """Its result, or what it raised, in a future that is done."""
        future = Future()
        try:
            future.set_result(work(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class Machine(TorchDispatchMode):
    """Sees each operation of the thread before torch does."""

    def __init__(self):
        super().__init__()
        self.steady = False
        self.waits = 0  # how often the host has waited for the device
        self.pinned = []

    def steadily(self, work):
        """The same function; inside, the host may not wait for the device."""

        @wraps(work)
        def guarded(*args, **kwargs):
            before, self.steady = self.steady, True
            try:
                return work(*args, **kwargs)
            finally:
                self.steady = before

        return guarded

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        leaves = tree_leaves((args, kwargs))
        tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
        here = any(isinstance(t, OnDevice) for t in tensors)
        asked = kwargs.get("device")
        there = here if asked is None else asked.type in ("cuda", "meta")
        if func is aten.is_pinned.default:
            return self._is_pinned(args[0])
        if func is aten._pin_memory.default:
            self.pinned.append(args[0].clone())
            return self.pinned[-1]
        if func in MOVES:
            self._look_at_move(func, args, kwargs, there)
        elif here:
            self._look_at_devices(func, tensors)
        for leaf in leaves:
            if isinstance(leaf, torch._C.Generator):
                place = Generator.place_of(leaf)
                if (place == CUDA) != there:
                    raise WrongDevice(f"{func} draws from a generator on {place}")
        if here and _waits(func, args):
            self._wait(f"{func} waits for the device")
        return _run(func, args, kwargs, there)

    def _wait(self, reason):
        self.waits += 1
        if self.steady:
            raise HostSync(reason)

    def _is_pinned(self, tensor):
        places = {t.untyped_storage().data_ptr() for t in self.pinned}
        return not isinstance(tensor, OnDevice) and tensor.untyped_storage().data_ptr() in places

    def _look_at_move(self, func, args, kwargs, there):
        source, target = args[0], there
        if func is aten.copy_.default:
            source, target = args[1], isinstance(args[0], OnDevice)
        if isinstance(source, OnDevice) == target:
            return
        if not (target and kwargs.get("non_blocking") and self._is_pinned(source)):
            self._wait(f"a copy {'to' if target else 'from'} the device, {tuple(source.shape)}")

    def _look_at_devices(self, func, tensors):
        for i, tensor in enumerate(tensors):
            number = tensor.dim() == 0 and i > 0 and torch.Tag.pointwise in func.tags
            if not isinstance(tensor, OnDevice) and not number:
                raise WrongDevice(f"{func} on {[(t.device, tuple(t.shape)) for t in tensors]}")


def _waits(func, args):
    if func in (aten.index.Tensor, aten.index_put_.default, aten.index_put.default):
        return any(i is not None and i.dtype in (torch.bool, torch.uint8) for i in args[1])
    tags = (torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape)
    return any(tag in func.tags for tag in tags)


def _run(func, args, kwargs, there):
    def held(leaf):
        if isinstance(leaf, torch.device):
            return torch.device("cpu")
        return leaf.held if isinstance(leaf, OnDevice) else leaf

    found = func(*tree_map(held, args), **tree_map(held, kwargs))
    returns = func._schema.returns
    if returns and returns[0].alias_info and returns[0].alias_info.is_write:
        return kwargs["out"] if "out" in kwargs else args[0]
    if not there:
        return found
    return tree_map(lambda t: OnDevice(t) if isinstance(t, torch.Tensor) else t, found)


class Autocast(TorchFunctionMode):
    """Matrix products and convolutions in the lower precision; torch's own asks the core where."""

    LOWER = (F.linear, F.conv2d, torch.matmul, torch.Tensor.matmul, torch.Tensor.__matmul__)

    def __init__(self, dtype):
        super().__init__()
        self.dtype = dtype

    def __torch_function__(self, func, types, args=(), kwargs=None):
        def lower(leaf):
            cast = isinstance(leaf, OnDevice) and leaf.dtype == torch.float32
            return leaf.to(self.dtype) if cast else leaf

        kwargs = kwargs or {}
        if func in self.LOWER:
            args, kwargs = tree_map(lower, args), tree_map(lower, kwargs)
        return func(*args, **kwargs)


def _autocast(real):
    def autocast(device_type, dtype, enabled=True):
        if device_type != "cuda":
            return real(device_type, dtype, enabled)
        return Autocast(dtype) if enabled else nullcontext()

    return autocast


def _tensor(real):
    """``torch.tensor`` fills the device's memory past every mode."""

    def tensor(data, *, device=None, **more):
        made = real(data, **more)
        return made if device is None else made.to(device)

    return tensor


@contextmanager
def pretended(capability=(8, 0), free=10**9, reserve=0):
    """A machine with one GPU: its compute capability, free bytes, bytes that torch holds unused."""
    if torch.cuda.is_available():
        torch.cuda.init()
    says = {
        "is_available": True,
        "device_count": 1,
        "get_device_name": "Pretended GPU",
        "get_device_capability": capability,
        "get_arch_list": ["sm_75", "sm_80", "sm_90a", "compute_90"],
        "is_bf16_supported": capability >= (8, 0),
        "mem_get_info": (free, free),
        "memory_reserved": reserve,
        "memory_allocated": 0,
        "is_current_stream_capturing": False,
        "synchronize": None,
        "empty_cache": None,
        "_lazy_init": None,
    }
    machine = Machine()
    with ExitStack() as stack:
        for name, value in says.items():
            stack.enter_context(patch.object(torch.cuda, name, lambda *a, v=value, **k: v))
        # Adam asks the accelerator, past torch.cuda, whether a graph is being captured.
        nothing = patch.object(torch.accelerator, "current_accelerator", lambda *a, **k: None)
        stack.enter_context(nothing)
        default = (torch.default_generator,)
        stack.enter_context(patch.object(torch.cuda, "default_generators", default))
        stack.enter_context(patch.object(torch, "Generator", Generator))
        # The machine is this thread's alone.
        stack.enter_context(patch.object(reading_ahead, "ThreadPoolExecutor", AtOnce))
        stack.enter_context(patch.object(torch, "tensor", _tensor(torch.tensor)))
        stack.enter_context(patch.object(torch, "autocast", _autocast(torch.autocast)))
        stack.enter_context(torch.backends.cudnn.flags(enabled=False))
        swap = torch.__future__.get_swap_module_params_on_conversion()
        stack.callback(torch.__future__.set_swap_module_params_on_conversion, swap)
        torch.__future__.set_swap_module_params_on_conversion(True)  # parameters stay themselves
        stack.enter_context(machine)
        yield machine
