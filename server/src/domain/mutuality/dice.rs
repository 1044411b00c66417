//! Chance that comes out the same every time: what is published must be computed alike by whoever
//! computes it again. `SplitMix64` (Steele, Lea, Flood 2014, *Fast splittable pseudorandom number
//! generators*); not for secrets.

/// A source of chance.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Always the same throws for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A place below `length`; 0 if that is 0.
    pub fn below(&mut self, length: usize) -> usize {
        let wide = u128::from(self.throw()) * u128::try_from(length).unwrap_or(0);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from 0 to 1, without 1.
    pub fn share(&mut self) -> f64 {
        let bits = u32::try_from(self.throw() >> 32).unwrap_or(0);
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    /// A number around 0, spread like the normal distribution with deviation 1: twelve shares less
    /// six, which is close enough as far out as one in a thousand.
    pub fn around_nothing(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}
