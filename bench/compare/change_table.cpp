#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "bench/compare/change.hpp"
#include "bench/output/console.hpp"

namespace sharebench {
namespace {

constexpr std::size_t kColumns = 8;
using Row = std::array<std::string, kColumns>;
const Row kHeadings = {"cell",          "base", "new",        "change",
                       "95 % interval", "p",    "detectable", "verdict"};

std::string time_text(double ns) { return ns > 0 ? format_ns(ns) : "-"; }

Row row_of(const Change& c) {
  std::string change = "-", interval = "-", p = "-";
  if (c.shift) {
    change = percent_text(c.shift->shift);
    interval = fmt::format("{} .. {}", percent_text(c.shift->low), percent_text(c.shift->high));
    p = fmt::format("{:.2g}", c.p);
  }
  return {c.cell,
          time_text(c.base_ns),
          time_text(c.new_ns),
          change,
          interval,
          p,
          c.mde > 0 ? fmt::format("{:.1f} %", 100 * c.mde) : "-",
          c.verdict};
}

std::string text_table(const std::vector<Row>& rows) {
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < kColumns; ++i) {
      const bool left = i == 0 || i + 1 == kColumns;
      line += left ? fmt::format("{:<{}}", row[i], widths[i])
                   : fmt::format("{:>{}}", row[i], widths[i]);
      line += "  ";
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string markdown_table(const std::vector<Row>& rows, const std::vector<Change>& changes) {
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    text += "|";
    for (std::size_t i = 0; i < kColumns; ++i) {
      const bool strong = r > 0 && changes[r - 1].bad && (i == 0 || i + 1 == kColumns);
      text += fmt::format(" {0}{1}{0} |", strong ? "**" : "", rows[r][i]);
    }
    text += "\n";
    if (r == 0) text += "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n";
  }
  return text;
}

}  // namespace

std::string percent_text(double shift) { return fmt::format("{:+.1f} %", 100 * std::expm1(shift)); }

std::string change_table(const std::vector<Change>& changes, TableFormat format) {
  std::vector<Row> rows = {kHeadings};
  for (const Change& change : changes) rows.push_back(row_of(change));
  return format == TableFormat::text ? text_table(rows) : markdown_table(rows, changes);
}

}  // namespace sharebench
