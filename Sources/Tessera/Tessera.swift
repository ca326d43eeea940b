@_exported public import TesseraCore
@_exported public import TesseraEngine
@_exported public import TesseraLinearAlgebra
@_exported public import TesseraStorage
