/// The greatest number that divides both sizes, which are not negative; of 0 and another, the other.
package func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
