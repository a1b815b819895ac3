#include "segue/base/page.h"

#include <gtest/gtest.h>

#include "segue/base/version.h"

namespace segue {
namespace {

TEST(Page, is_filled_without_markup_from_its_texts) {
  const std::string page = filled_page("[<!--VERSION-->][<!--TITLE-->][<!--PLAIN-->][<!--DOCUMENT-->]",
                                       {"a <b> & \"c\"", R"({"x":"</script><!--","y":"\u2028"})", "<p>plain</p>"});
  EXPECT_EQ(page, "[" + std::string(kVersion) + "][a &lt;b&gt; &amp; &quot;c&quot;][<p>plain</p>]" +
                      R"([{"x":"\u003c/script>\u003c!--","y":"\u2028"}])");
}

TEST(Page, line_separators_of_old_scripts_are_escaped) {
  EXPECT_EQ(filled_page("<!--VERSION--><!--TITLE--><!--PLAIN-->|<!--DOCUMENT-->",
                        {"", "\"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\""}),
            std::string(kVersion) + "|\"\\u2028\\u2029\xe2\x80\xaa\"");
}

TEST(Page, tables_escape_every_text) {
  const std::vector<std::string> columns = {"<a>"};
  const std::vector<std::vector<std::string>> rows = {{"<1>"}, {"2 & 3"}};
  EXPECT_EQ(html_table("\"t\"", columns, rows),
            "<table><caption>&quot;t&quot;</caption><tr><th>&lt;a&gt;</th></tr>\n<tr><td>&lt;1&gt;</td></tr>\n"
            "<tr><td>2 &amp; 3</td></tr></table>\n");
}

}  // namespace
}  // namespace segue
