import Tessera

func unary(_ name: String, _ x: NDArray) throws -> NDArray {
  switch name {
  case "negative": try -x
  case "invert": try ~x
  case "logical_not": try .!x
  case "absolute": try absolute(x)
  case "sign": try sign(x)
  case "floor": try floor(x)
  case "ceil": try ceil(x)
  case "trunc": try trunc(x)
  case "rint": try rint(x)
  case "sqrt": try sqrt(x)
  case "cbrt": try cbrt(x)
  case "square": try square(x)
  case "reciprocal": try reciprocal(x)
  case "exp": try exp(x)
  case "exp2": try exp2(x)
  case "expm1": try expm1(x)
  case "log": try log(x)
  case "log2": try log2(x)
  case "log10": try log10(x)
  case "log1p": try log1p(x)
  case "sin": try sin(x)
  case "cos": try cos(x)
  case "tan": try tan(x)
  case "arcsin": try arcsin(x)
  case "arccos": try arccos(x)
  case "arctan": try arctan(x)
  case "sinh": try sinh(x)
  case "cosh": try cosh(x)
  case "tanh": try tanh(x)
  case "arcsinh": try arcsinh(x)
  case "arccosh": try arccosh(x)
  case "arctanh": try arctanh(x)
  case "degrees": try degrees(x)
  case "radians": try radians(x)
  case "isnan": try isnan(x)
  case "isinf": try isinf(x)
  case "isfinite": try isfinite(x)
  case "signbit": try signbit(x)
  case "isposinf": try isposinf(x)
  case "isneginf": try isneginf(x)
  case "positive": try positive(x)
  case "sigmoid": try sigmoid(x)
  case "relu": try relu(x)
  case "softplus": try softplus(x)
  case "erf": try erf(x)
  case "conjugate": try conjugate(x)
  case "real": try real(x)
  case "imag": try imag(x)
  case "angle": try angle(x)
  default: throw BadJob(what: "function \(name)")
  }
}

func binary(_ name: String, _ a: NDArray, _ b: NDArray) throws -> NDArray {
  switch name {
  case "add": try a + b
  case "subtract": try a - b
  case "multiply": try a * b
  case "divide": try a / b
  case "remainder": try a % b
  case "power": try a ** b
  case "floor_divide": try floorDivide(a, b)
  case "fmod": try fmod(a, b)
  case "maximum": try maximum(a, b)
  case "minimum": try minimum(a, b)
  case "fmax": try fmax(a, b)
  case "fmin": try fmin(a, b)
  case "arctan2": try arctan2(a, b)
  case "hypot": try hypot(a, b)
  case "logaddexp": try logaddexp(a, b)
  case "logaddexp2": try logaddexp2(a, b)
  case "copysign": try copysign(a, b)
  case "heaviside": try heaviside(a, b)
  case "logical_and": try logicalAnd(a, b)
  case "logical_or": try logicalOr(a, b)
  case "logical_xor": try logicalXor(a, b)
  case "equal": try a .== b
  case "not_equal": try a .!= b
  case "less": try a .< b
  case "less_equal": try a .<= b
  case "greater": try a .> b
  case "greater_equal": try a .>= b
  case "bitwise_and": try a .& b
  case "bitwise_or": try a .| b
  case "bitwise_xor": try a .^ b
  case "left_shift": try a << b
  case "right_shift": try a >> b
  default: throw BadJob(what: "function \(name)")
  }
}

func binary(_ name: String, _ a: NDArray, _ b: some ArrayScalar) throws -> NDArray {
  switch name {
  case "add": try a + b
  case "subtract": try a - b
  case "multiply": try a * b
  case "divide": try a / b
  case "remainder": try a % b
  case "power": try a ** b
  case "floor_divide": try floorDivide(a, b)
  case "fmod": try fmod(a, b)
  case "maximum": try maximum(a, b)
  case "minimum": try minimum(a, b)
  case "fmax": try fmax(a, b)
  case "fmin": try fmin(a, b)
  case "arctan2": try arctan2(a, b)
  case "hypot": try hypot(a, b)
  case "logaddexp": try logaddexp(a, b)
  case "logaddexp2": try logaddexp2(a, b)
  case "copysign": try copysign(a, b)
  case "heaviside": try heaviside(a, b)
  case "logical_and": try logicalAnd(a, b)
  case "logical_or": try logicalOr(a, b)
  case "logical_xor": try logicalXor(a, b)
  case "equal": try a .== b
  case "not_equal": try a .!= b
  case "less": try a .< b
  case "less_equal": try a .<= b
  case "greater": try a .> b
  case "greater_equal": try a .>= b
  case "bitwise_and": try a .& b
  case "bitwise_or": try a .| b
  case "bitwise_xor": try a .^ b
  case "left_shift": try a << b
  case "right_shift": try a >> b
  default: throw BadJob(what: "function \(name)")
  }
}

func binary(_ name: String, _ a: some ArrayScalar, _ b: NDArray) throws -> NDArray {
  switch name {
  case "add": try a + b
  case "subtract": try a - b
  case "multiply": try a * b
  case "divide": try a / b
  case "remainder": try a % b
  case "power": try a ** b
  case "floor_divide": try floorDivide(a, b)
  case "fmod": try fmod(a, b)
  case "maximum": try maximum(a, b)
  case "minimum": try minimum(a, b)
  case "fmax": try fmax(a, b)
  case "fmin": try fmin(a, b)
  case "arctan2": try arctan2(a, b)
  case "hypot": try hypot(a, b)
  case "logaddexp": try logaddexp(a, b)
  case "logaddexp2": try logaddexp2(a, b)
  case "copysign": try copysign(a, b)
  case "heaviside": try heaviside(a, b)
  case "logical_and": try logicalAnd(a, b)
  case "logical_or": try logicalOr(a, b)
  case "logical_xor": try logicalXor(a, b)
  default: throw BadJob(what: "function \(name) of a number and an array")
  }
}
