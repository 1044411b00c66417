DROP TABLE clock_offsets;
DROP TABLE doctor_nonces;
