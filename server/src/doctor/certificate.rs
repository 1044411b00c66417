//! Until when a certificate is good.

use jiff::Timestamp;

/// How many whole days a certificate in DER is still good; fewer than none if it is over. None if it
/// cannot be read.
pub fn days_left(der: &[u8], now: Timestamp) -> Option<i64> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let ends = Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()?;
    Some(ends.duration_since(now).as_secs().div_euclid(24 * 3_600))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// One that `openssl req -x509 -days 30` made.
    const CERTIFICATE: &str = "MIIBQjCB9aADAgECAhQ/YhF2MQ8/OPMPW5VkqNozOc5zqDAFBgMrZXAwFzEVMBMGA1UEAwwMcmluZy5leGFtcGxlMB\
         4XDTI2MTEzMDAyMzc0MFoXDTI2MTIzMDAyMzc0MFowFzEVMBMGA1UEAwwMcmluZy5leGFtcGxlMCowBQYDK2VwAyEA\
         jo2Cjt1cnzzfMDhTL1keL6I8Y6KUWAIbL5sqb2ogpLGjUzBRMB0GA1UdDgQWBBQFWASoCMsgvz4JqLOsKGJ5bIxj+j\
         AfBgNVHSMEGDAWgBQFWASoCMsgvz4JqLOsKGJ5bIxj+jAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBAIozPBtMwz+b\
         90OC9iCGH4TE3FGDBPinS5tZvnaD7wDpEXS4BVsu5PtLdYlrOCaIYaRohIWyRd1aZb3BrTOMqAg=";

    #[test]
    fn days_are_counted_until_a_certificate_is_over() {
        let der = STANDARD.decode(CERTIFICATE).unwrap();
        let days = |now: &str| days_left(&der, now.parse().unwrap());
        assert_eq!(days("2026-12-01T12:00:00Z"), Some(28));
        assert_eq!(days("2026-12-29T12:00:00Z"), Some(0));
        assert_eq!(days("2027-01-02T00:00:00Z"), Some(-3));
        assert_eq!(days_left(b"no certificate", Timestamp::UNIX_EPOCH), None);
    }
}
