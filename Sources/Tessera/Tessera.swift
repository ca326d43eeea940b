@_exported public import TesseraCore
@_exported public import TesseraStorage
@_exported public import TesseraEngine
