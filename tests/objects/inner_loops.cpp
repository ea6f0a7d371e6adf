// The same loops through a shared object and through a pointer, for tests of the code that they
// become (tests/end_to_end/test_generated_code.py).
#include <share/objects/array.hpp>

namespace share::test {

struct Pointed {
  double* first;
  std::size_t size;
};

void scale_by_pointer(Pointed& x) {
  for (double *p = x.first, *end = p + x.size; p != end; ++p) *p *= 2;
}

void scale_by_array(Array<double>& x) {
  for (double& element : x.elements()) element *= 2;
}

void scale_by_raw_array(RawArray<double>& x) {
  for (double& element : x.elements()) element *= 2;
}

double sum_by_pointer(const double* first, std::size_t size) {
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += first[i];
  return sum;
}

double sum_by_index(RawArray<double>& x) {
  double sum = 0;
  for (std::size_t i = 0, size = x.size(); i < size; ++i) sum += x.elements()[i];
  return sum;
}

struct PointedWord {
  std::int64_t* word;
};

void add_by_pointer(PointedWord& x, std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) __atomic_fetch_add(x.word, 1, __ATOMIC_RELAXED);
}

void add_by_value(AtomicValue<std::int64_t>& x, std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) x.add(1);
}

}  // namespace share::test
