@_exported public import TesseraTestSupport
