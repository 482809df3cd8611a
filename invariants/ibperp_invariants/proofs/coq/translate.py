"""The kernels of the reference as Coq definitions over Z, read from the Python that ships.

Floor division and remainder mean the same in both, for divisors below zero too. What has no
meaning here is left out, with its reason; nothing is approximated.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import importlib
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any, Final

from ibperp_invariants.proofs.coq.types import Types, UntranslatableError
from ibperp_invariants.proofs.executor.arguments import hints, signature

KERNELS: Final = (
    "numbers",
    "pool",
    "sharing",
    "posting",
    "position",
    "funding",
    "margin",
    "liquidation",
    "ramps",
    "book",
)
"""The modules of the reference whose functions are translated."""

HEADER: Final = """(* Generated from the reference by ibperp_invariants.proofs.coq; do not edit. *)
Require Import ZArith Bool.
Open Scope Z_scope.
Definition option_eqb {A} (eqb : A -> A -> bool) (a b : option A) : bool :=
  match a, b with Some x, Some y => eqb x y | None, None => true | _, _ => false end.
Definition pair_eqb {A B} (f : A -> A -> bool) (g : B -> B -> bool) (a b : A * B) : bool :=
  f (fst a) (fst b) && g (snd a) (snd b).
"""

ARITHMETIC: Final[dict[type, str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "/",
    ast.Mod: "mod",
    ast.Pow: "^",
}
COMPARISONS: Final[dict[type, str]] = {
    ast.Eq: "({} =? {})",
    ast.NotEq: "(negb ({} =? {}))",
    ast.Lt: "({} <? {})",
    ast.LtE: "({} <=? {})",
    ast.Gt: "({1} <? {0})",
    ast.GtE: "({1} <=? {0})",
}
BUILTINS: Final = {"min": "Z.min", "max": "Z.max", "abs": "Z.abs", "isqrt": "Z.sqrt"}

KEYWORDS: Final = frozenset(("as", "at", "cofix", "end", "exists", "fix", "forall", "fun", "let"))
"""Words that a variable of Python may be called, and one of Coq may not."""

Typed = tuple[str, Any]
Names = Mapping[str, Any]


class Translation:
    """All kernels as one Coq file: `functions` by Coq name, `left_out` with the reasons."""

    def __init__(self) -> None:
        self.types = Types()
        self.functions: dict[str, Callable[..., Any]] = {}
        self.definitions: list[str] = []
        self.left_out: dict[str, str] = {}
        self._constants: set[str] = set()
        self._under_way: list[str] = []
        for module in KERNELS:
            loaded = importlib.import_module(f"ibperp.{module}")
            for name, function in vars(loaded).items():
                if inspect.isfunction(function) and function.__module__ == loaded.__name__:
                    self._try(name, function)

    def text(self) -> str:
        """Return the Coq file."""
        return "\n".join((HEADER, *self.types.declared.values(), *self.definitions)) + "\n"

    def _try(self, name: str, function: Callable[..., Any]) -> None:
        try:
            self.function(function)
        except UntranslatableError as error:
            self.left_out[f"{function.__module__}.{name}"] = str(error)

    def function(self, function: Callable[..., Any]) -> str:
        """Return the Coq name of a function of a kernel; define it, and what it calls, first."""
        name = f"{function.__module__.rpartition('.')[2]}_{function.__name__}"
        if name in self.functions:
            return name
        if name in self._under_way:
            raise UntranslatableError("a recursive function")
        self._under_way.append(name)
        try:
            known = dict(hints(function))
            node = ast.parse(inspect.getsource(function)).body[0]
            assert isinstance(node, ast.FunctionDef)
            returned = signature(function)["return"]
            shown = " ".join(
                f"({_local(arg)} : {self.types.name(kind)})" for arg, kind in known.items()
            )
            body = _Body(self, function, returned).statements(node.body, known)
            result = self.types.name(returned)
        finally:
            self._under_way.pop()
        self.functions[name] = function
        self.definitions.append(f"Definition {name} {shown} : {result} :=\n  {body}.")
        return name

    def constant(self, module: str, name: str, value: int) -> str:
        """Return the Coq name of an integer constant of a module; define it first."""
        shown = f"{module.rpartition('.')[2]}_{name}"
        if shown not in self._constants:
            self._constants.add(shown)
            self.definitions.append(f"Definition {shown} : Z := {value}.")
        return shown


def _local(name: str) -> str:
    """Return the name of a variable as Coq may have it."""
    return f"{name}_" if name in KEYWORDS else name


class _Body:
    """The body of one function, as nested `let` and `if`."""

    def __init__(self, home: Translation, function: Callable[..., Any], returned: Any) -> None:
        self.home, self.returned = home, returned
        self.scope = function.__globals__
        self.module = function.__module__

    def statements(self, body: list[ast.stmt], names: Names) -> str:
        """Return what a list of statements returns."""
        if not body:
            raise UntranslatableError("a path without a return")
        first, rest = body[0], body[1:]
        match first:
            case ast.Expr(value=ast.Constant()):
                return self.statements(rest, names)
            case ast.Return(value=value) if value is not None:
                return self.typed(value, names, self.returned)
            case ast.If(test=test, body=then, orelse=otherwise):
                condition = self.typed(test, names, bool)
                yes = self.statements([*then, *rest], names)
                return (
                    f"if {condition} then {yes} else {self.statements([*otherwise, *rest], names)}"
                )
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                first = ast.Assign([ast.Name(name)], ast.BinOp(target, op, value))
                return self.statements([first, *rest], names)
            case ast.Assign(targets=[target], value=value):
                return self._assigned(target, value, rest, names)
            case ast.For(target=ast.Name(), iter=ast.Call(func=ast.Name(id="range"), args=[times])):
                return self._repeated(first, times, rest, names)
            case ast.FunctionDef():
                return self._local(first, rest, names)
            case _:
                pass
        raise UntranslatableError(f"the statement {ast.unparse(first)[:60]}")

    def _assigned(
        self, target: ast.expr, value: ast.expr, rest: list[ast.stmt], names: Names
    ) -> str:
        if isinstance(target, ast.Name):
            text, kind = self.expression(value, names)
            after = self.statements(rest, {**names, target.id: kind})
            return f"let {_local(target.id)} := {text} in {after}"
        if not isinstance(target, ast.Tuple):
            raise UntranslatableError(f"an assignment to {ast.unparse(target)}")
        text, kind = self.expression(value, names)
        parts = [part.id for part in target.elts if isinstance(part, ast.Name)]
        kinds = kind.__args__
        after = self.statements(rest, {**names, **dict(zip(parts, kinds, strict=True))})
        return f"let '({', '.join(map(_local, parts))}) := {text} in {after}"

    def _repeated(self, loop: ast.For, times: ast.expr, rest: list[ast.stmt], names: Names) -> str:
        """Return a loop that carries one variable, as an iteration of what it does to it."""
        changed = {
            node.id
            for statement in loop.body
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in names
        }
        if len(changed) != 1:
            raise UntranslatableError("a loop that carries more than one variable")
        (carried,) = changed
        inner = _Body(self.home, lambda: None, names[carried])
        inner.scope, inner.module = self.scope, self.module
        step = inner.statements([*loop.body, ast.Return(ast.Name(carried))], names)
        count = f"(Z.to_nat {self.typed(times, names, int)})"
        after = self.statements(rest, names)
        carried = _local(carried)
        return f"let {carried} := Nat.iter {count} (fun {carried} => {step}) {carried} in {after}"

    def _local(self, node: ast.FunctionDef, rest: list[ast.stmt], names: Names) -> str:
        if any(ast.unparse(arg.annotation or ast.Constant(0)) != "int" for arg in node.args.args):
            raise UntranslatableError("a local function of other than integers")
        inner = _Body(self.home, lambda: None, int)
        inner.scope, inner.module = self.scope, self.module
        own = {arg.arg: int for arg in node.args.args}
        body = inner.statements(node.body, {**names, **own})
        after = self.statements(rest, {**names, node.name: node})
        return f"let {_local(node.name)} := fun {' '.join(map(_local, own))} => {body} in {after}"

    def typed(self, node: ast.expr, names: Names, wanted: Any) -> str:
        """Return an expression as a value of a type."""
        if isinstance(node, ast.Tuple) and hasattr(wanted, "__args__"):
            parts = zip(node.elts, wanted.__args__, strict=True)
            return f"({', '.join(self.typed(part, names, kind) for part, kind in parts)})"
        text, kind = self.expression(node, names)
        if kind == wanted:
            return text
        if (kind, wanted) == (bool, int):
            return f"(Z.b2z {text})"
        if (kind, wanted) == (int, bool):
            return f"(negb ({text} =? 0))"
        if type(None) in getattr(wanted, "__args__", ()):
            return "None" if kind is types.NoneType else f"(Some {text})"
        raise UntranslatableError(f"{ast.unparse(node)[:40]} of type {kind} for {wanted}")

    def expression(self, node: ast.expr, names: Names) -> Typed:
        """Return an expression and its type."""
        match node:
            case ast.Constant(value=bool() as value):
                return self.home.types.literal(value), bool
            case ast.Constant(value=int() as value):
                return f"({value})", int
            case ast.Constant(value=None):
                return "None", types.NoneType
            case ast.Name(id=name):
                return self._name(name, names)
            case ast.Attribute(value=ast.Name(id=of), attr=attribute) if of not in names:
                return self.home.types.literal(getattr(self.scope[of], attribute)), self.scope[of]
            case ast.Attribute(value=value, attr=attribute):
                text, kind = self.expression(value, names)
                if not dataclasses.is_dataclass(kind) or not isinstance(kind, type):
                    raise UntranslatableError(f"an attribute of {kind}")
                return f"({kind.__name__}_{attribute} {text})", hints(kind)[attribute]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(- {self.typed(operand, names, int)})", int
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"(negb {self.typed(operand, names, bool)})", bool
            case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
                sides = self.typed(left, names, int), self.typed(right, names, int)
                return f"({sides[0]} {ARITHMETIC[type(op)]} {sides[1]})", int
            case ast.BoolOp(op=op, values=values):
                sign = " && " if isinstance(op, ast.And) else " || "
                return f"({sign.join(self.typed(v, names, bool) for v in values)})", bool
            case ast.Compare():
                return self._compared(node, names), bool
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                text, kind = self.expression(body, names)
                condition = self.typed(test, names, bool)
                other = self.typed(otherwise, names, kind)
                return f"(if {condition} then {text} else {other})", kind
            case ast.Tuple(elts=parts):
                found = [self.expression(part, names) for part in parts]
                kind = types.GenericAlias(tuple, tuple(kind for _, kind in found))
                return f"({', '.join(text for text, _ in found)})", kind
            case ast.Call(func=ast.Name(id=name)):
                return self._called(name, node, names)
            case _:
                pass
        raise UntranslatableError(f"the expression {ast.unparse(node)[:60]}")

    def _name(self, name: str, names: Names) -> Typed:
        if name in names:
            return _local(name), names[name]
        value = self.scope.get(name)
        if isinstance(value, int):
            return self.home.constant(self._owner(name), name, value), int
        raise UntranslatableError(f"the name {name}")

    def _owner(self, name: str) -> str:
        """Return the module that a constant comes from, for its Coq name."""
        for kernel in KERNELS:
            text = inspect.getsource(importlib.import_module(f"ibperp.{kernel}"))
            if f"\n{name}: Final" in text:
                return kernel
        return self.module

    def _compared(self, node: ast.Compare, names: Names) -> str:
        sides, found = [node.left, *node.comparators], []
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
            members = self._members(right) if isinstance(op, ast.In) else []
            if members:
                options = [self._equal(left, option, names) for option in members]
                found.append(f"({' || '.join(options)})")
            elif isinstance(op, ast.Is | ast.Eq | ast.NotEq | ast.IsNot):
                text = self._equal(left, right, names)
                is_same = isinstance(op, ast.Is | ast.Eq)
                found.append(text if is_same else f"(negb {text})")
            elif type(op) in COMPARISONS:
                texts = self.typed(left, names, int), self.typed(right, names, int)
                found.append(COMPARISONS[type(op)].format(*texts))
            else:
                raise UntranslatableError(f"the comparison {ast.unparse(node)[:60]}")
        return f"({' && '.join(found)})"

    def _members(self, node: ast.expr) -> list[ast.expr]:
        """Return the members of a set that is written out, or of one or a tuple that has a name."""
        if isinstance(node, ast.Set):
            return node.elts
        value = self.scope.get(node.id) if isinstance(node, ast.Name) else None
        members = value if isinstance(value, frozenset | tuple) else ()
        if not all(isinstance(one, enum.Enum) for one in members):
            return []
        texts = sorted(f"{type(one).__name__}.{one.name}" for one in members)
        return [ast.parse(text, mode="eval").body for text in texts]

    def _equal(self, left: ast.expr, right: ast.expr, names: Names) -> str:
        text, kind = self.expression(left, names)
        other, other_kind = self.expression(right, names)
        if other_kind is types.NoneType and type(None) in getattr(kind, "__args__", ()):
            return f"(match {text} with None => true | Some _ => false end)"
        if kind is not other_kind and kind != other_kind:
            raise UntranslatableError(f"an equality of {kind} and {other_kind}")
        return f"({self.home.types.equality(kind)} {text} {other})"

    def _called(self, name: str, call: ast.Call, names: Names) -> Typed:
        if isinstance(names.get(name), ast.FunctionDef):
            integers = " ".join(self.typed(arg, names, int) for arg in call.args)
            return f"({_local(name)} {integers})", int
        if name in BUILTINS:
            first, *others = [self.typed(arg, names, int) for arg in call.args]
            if not others:
                return f"({BUILTINS[name]} {first})", int
            for other in others:
                first = f"({BUILTINS[name]} {first} {other})"
            return first, int
        if name == "replace":
            return self._replaced(call, names)
        called = self.scope.get(name)
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if inspect.isclass(called) and dataclasses.is_dataclass(called):
            fields = hints(called)
            given |= dict(zip(fields, call.args, strict=False))
            if missing := fields.keys() - given.keys():
                raise UntranslatableError(f"a {name} without {', '.join(sorted(missing))}")
            self.home.types.name(called)
            shown = [self.typed(given[field], names, kind) for field, kind in fields.items()]
            return f"(mk_{name} {' '.join(shown)})", called
        if inspect.isfunction(called) and called.__module__.startswith("ibperp."):
            known = hints(called)
            given |= dict(zip(known, call.args, strict=False))
            if given.keys() != known.keys():
                raise UntranslatableError(f"a call of {name} with defaults")
            shown = [self.typed(given[arg], names, kind) for arg, kind in known.items()]
            return f"({self.home.function(called)} {' '.join(shown)})", signature(called)["return"]
        raise UntranslatableError(f"a call of {name}")

    def _replaced(self, call: ast.Call, names: Names) -> Typed:
        base, kind = self.expression(call.args[0], names)
        if not dataclasses.is_dataclass(kind) or not isinstance(kind, type):
            raise UntranslatableError(f"a replacement in {kind}")
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        self.home.types.name(kind)
        shown = [
            self.typed(given[field], names, of)
            if field in given
            else f"({kind.__name__}_{field} {base})"
            for field, of in hints(kind).items()
        ]
        return f"(mk_{kind.__name__} {' '.join(shown)})", kind
