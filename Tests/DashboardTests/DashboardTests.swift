// Tests of Dashboard.
