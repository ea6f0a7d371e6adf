"""The harness's statistics against scipy and numpy, to 1e-9."""

import json
import os
import subprocess
import unittest

try:
    import numpy
    from scipy import stats
except ImportError:
    stats = None

LOOKS = (6, 9, 12, 16, 20, 24, 30, 45)


def holm(p):
    order, adjusted, largest = numpy.argsort(p, kind="stable"), numpy.empty(len(p)), 0.0
    for i, k in enumerate(order):
        largest = max(largest, (len(p) - i) * p[k])
        adjusted[k] = min(1.0, largest)
    return adjusted


def benjamini_hochberg(p):
    ranked = numpy.sort(p)
    steps = ranked * len(p) / numpy.arange(1, len(p) + 1)
    least = numpy.minimum.accumulate(steps[::-1])[::-1]
    return numpy.minimum(1, least)[stats.rankdata(p, method="ordinal").astype(int) - 1]


@unittest.skipIf(stats is None, "no scipy")
class Statistics(unittest.TestCase):
    def probe(self, samples):
        text = "\n".join(" ".join(repr(float(v)) for v in sample) for sample in samples)
        done = subprocess.run([os.environ["STATISTICS_PROBE"]], input=text + "\n", text=True,
                              capture_output=True, timeout=60, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def same(self, ours, theirs, what):
        numpy.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, err_msg=what)

    def test_without_ties(self):
        random = numpy.random.default_rng(5)
        samples = [random.standard_t(3, n) * 0.1 + shift for n in LOOKS for shift in (0, 0.02, 0.1)]
        for sample, found in zip(samples, self.probe(samples)):
            n = len(sample)
            with self.subTest(n=n):
                self.same(found["p"], stats.wilcoxon(sample, mode="exact").pvalue, "signed rank")
                i, j = numpy.triu_indices(n)
                walsh = numpy.sort((sample[i] + sample[j]) / 2)
                self.same(found["shift"], numpy.median(walsh), "Hodges-Lehmann")
                k = int(numpy.flatnonzero(walsh == found["low"])[0])
                self.same(found["high"], walsh[len(walsh) - 1 - k], "the interval is symmetric")
                # The interval holds exactly the shifts that the test at that level does not reject.
                for edge, inside in ((walsh[k] + 1e-12, True), (walsh[k] - 1e-12, False)):
                    p = stats.wilcoxon(sample - edge, mode="exact").pvalue
                    self.assertEqual(p > 1 - found["coverage"] + 1e-12, inside, (edge, p))
                self.same(found["stddev"], numpy.std(sample, ddof=1), "standard deviation")
                self.same(found["median"], numpy.median(sample), "median")

    def test_with_ties_all_sign_flips_count(self):
        random = numpy.random.default_rng(6)
        samples = [numpy.round(random.normal(0.3, 1, n), 1) + 0.0 for n in (6, 8, 10, 12)]
        for sample, found in zip(samples, self.probe(samples)):
            kept = sample[sample != 0]
            ranks = stats.rankdata(numpy.abs(kept))
            flips = (numpy.arange(2 ** len(kept))[:, None] >> numpy.arange(len(kept))) & 1
            sums, seen = flips @ ranks, ranks[kept > 0].sum()
            tail = numpy.mean(sums <= min(seen, ranks.sum() - seen) + 1e-9)
            self.same(found["p"], min(1, 2 * tail), "mid-ranks")

    def test_adjustments(self):
        random = numpy.random.default_rng(7)
        samples = [random.uniform(0, 1, n) ** 3 for n in (1, 2, 5, 40)]
        for found in self.probe(samples):
            p = numpy.array(found["p_values"])
            self.same(found["holm"], holm(p), "Holm")
            self.same(found["benjamini_hochberg"], benjamini_hochberg(p), "Benjamini-Hochberg")

    def test_order_statistics(self):
        for n, found in zip(LOOKS, self.probe([range(1, n + 1) for n in LOOKS])):
            k = max(k for k in range(1, n) if 1 - 2 * stats.binom.cdf(k - 1, n, 0.5) >= 0.95)
            self.same(found["median_coverage"], 1 - 2 * stats.binom.cdf(k - 1, n, 0.5), "coverage")


if __name__ == "__main__":
    unittest.main()
