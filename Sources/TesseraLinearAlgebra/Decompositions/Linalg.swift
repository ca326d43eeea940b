/// Linear algebra over matrices in memory, and out of core where one matrix is larger than the budget: numpy.linalg.
///
/// Names, defaults, shapes and dtypes are NumPy 2's. Arrays of more than two axes are stacks of matrices, which are worked
/// on by all threads, one matrix per thread; what is said of one matrix holds for each. As in NumPy all is computed in
/// float64 or complex128: float32 and complex64 are rounded to in the end, integers and bools give float64, float16 and
/// bfloat16 are refused. Results are arrays in memory, with the same bits for any number of threads.
///
/// All functions throw
/// - `.unsupported` in a build without OpenBLAS, naming the package to install, and for 16-bit floats;
/// - `.usage` for shapes that NumPy refuses;
/// - `.memory` before anything is read, when the matrices, what is made of them and LAPACK's workspaces do not fit
///   `options.memory` together, naming the least budget that would do;
/// - `.unsolvable` where NumPy raises `LinAlgError` for the numbers: singular matrices, ones that are not positive definite,
///   no convergence. Infinities and NaNs never reach those of LAPACK's routines that may not come back from them.
public enum Linalg {}
