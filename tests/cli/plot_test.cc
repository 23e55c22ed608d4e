// Pictures: SVG is well-formed and has its points where the axes say, shares of principal
// components are the known ones, samples are announced, PNG depends on gnuplot, the terminal gets
// characters.
#include <cmath>
#include <cstring>

#include "cli/command.h"

namespace {

const char six[] = "1,2\n1,4\n1,0\n10,2\n10,4\n10,0\n";

// Elements are closed in order, attributes quoted, and there is one root.
bool is_well_formed(const std::string &xml)
{
    std::vector<std::string> open;
    size_t roots = 0;
    for (size_t at = 0; (at = xml.find('<', at)) != std::string::npos;) {
        const size_t end = xml.find('>', at);
        if (end == std::string::npos) {
            return false;
        }
        const std::string tag = xml.substr(at + 1, end - at - 1);
        const std::string name = tag.substr(0, tag.find_first_of(" \n/", 1));
        const auto quotes = std::count(tag.begin(), tag.end(), '"');
        if (quotes % 2 != 0 || tag.find('<') != std::string::npos) {
            return false;
        }
        if (tag[0] == '/') {
            if (open.empty() || "/" + open.back() != tag) {
                return false;
            }
            open.pop_back();
        } else if (tag.back() != '/') {
            roots += open.empty();
            open.push_back(name);
        }
        at = end;
    }
    for (size_t at = 0; (at = xml.find('&', at)) != std::string::npos; at++) {
        if (xml.find(';', at) > at + 5) {
            return false;
        }
    }
    return open.empty() && roots == 1;
}

// Where a text element with exactly this content stands; of x ticks by anchor middle, of y ticks by
// anchor end.
double place_of_tick(const std::string &svg, const std::string &text, const char *anchor)
{
    const std::string rest = std::string("text-anchor=\"") + anchor + "\">" + text + "</text>";
    const size_t end = svg.find(rest);
    EXPECT_NE(end, std::string::npos) << text;
    const size_t begin = svg.rfind("<text ", end);
    const bool of_x = std::string(anchor) == "middle";
    const size_t at = svg.find(of_x ? "x=\"" : "y=\"", begin) + 3;
    return atof(svg.c_str() + at) - (of_x ? 0 : 4); // text stands 4 below its middle
}

// The marks "Mx yh0" of the paths.
std::vector<std::pair<double, double>> round_marks(const std::string &svg)
{
    std::vector<std::pair<double, double>> marks;
    for (size_t at = 0; (at = svg.find("h0", at)) != std::string::npos; at++) {
        const size_t begin = svg.rfind('M', at) + 1;
        double x = 0;
        double y = 0;
        if (sscanf(svg.c_str() + begin, "%lf %lfh0", &x, &y) == 2) {
            marks.emplace_back(x, y);
        }
    }
    return marks;
}

class Plot : public cli::CommandTest {
protected:
    void SetUp() override
    {
        CommandTest::SetUp();
        folder.write("good.csv", six);
        folder.write("iris.csv", cli::read_file(paths::test_data("iris.csv")));
    }
    // A picture of this command; well-formed.
    std::string picture(const std::string &line) const
    {
        good(line + " -o p.svg");
        const std::string svg = folder.read("p.svg");
        EXPECT_TRUE(is_well_formed(svg)) << line;
        return svg;
    }
};

TEST_F(Plot, WellFormedIsTold)
{
    EXPECT_TRUE(is_well_formed("<a b=\"1\"><c/>&amp;</a>"));
    EXPECT_FALSE(is_well_formed("<a><b></a></b>"));
    EXPECT_FALSE(is_well_formed("<a b=\"1>&amp;</a>"));
    EXPECT_FALSE(is_well_formed("<a>&nothing here</a>"));
    EXPECT_FALSE(is_well_formed("<a/><b>"));
}

// The oracle is linear interpolation between two ticks.
TEST_F(Plot, PointsStandWhereTheAxesSay)
{
    folder.write("p.csv", "0,-20\n10,40\n2.5,10\n7.25,0\n");
    const std::string svg = picture("kmeans plot p.csv");
    const double x0 = place_of_tick(svg, "0", "middle"), x10 = place_of_tick(svg, "10", "middle");
    const double y0 = place_of_tick(svg, "0", "end"), y40 = place_of_tick(svg, "40", "end");
    const auto marks = round_marks(svg);
    const double points[4][2] = {{0, -20}, {10, 40}, {2.5, 10}, {7.25, 0}};
    ASSERT_EQ(marks.size(), 4u) << svg;
    EXPECT_LT(x0, x10);
    EXPECT_GT(y0, y40); // upwards is less
    for (int i = 0; i < 4; i++) {
        EXPECT_NEAR(marks[i].first, x0 + (x10 - x0) * points[i][0] / 10, 0.11) << i;
        EXPECT_NEAR(marks[i].second, y0 + (y40 - y0) * points[i][1] / 40, 0.11) << i;
    }
}

// scikit-learn 1.9.1, PCA(2).fit(iris).explained_variance_ratio_: 0.92461872, 0.05306648.
TEST_F(Plot, PrincipalComponentsOfIrisHaveTheirKnownShares)
{
    const std::string svg = picture("kmeans plot iris.csv --columns 1-4");
    EXPECT_NE(svg.find("principal component 1 (92.46 % of variance)"), std::string::npos);
    EXPECT_NE(svg.find("principal component 2 (5.31 % of variance)"), std::string::npos);
    EXPECT_EQ(round_marks(svg).size(), 150u);
}

// A memory limit leaves no room for the covariance of 1,000 columns (8 MB): the components then
// come from visits of the rows, and are the same.
TEST_F(Plot, PrincipalComponentsWithoutTheCovariance)
{
    good("kmeans generate blobs --rows 60 --cols 1000 --clusters 4 -o wide.npy -q");
    good("kmeans fit wide.npy -k 4 -q --plot a.svg");
    good("kmeans fit wide.npy -k 4 -q --memory-limit 100M --plot b.svg");
    const std::string a = folder.read("a.svg"), b = folder.read("b.svg");
    for (const char *label : {"principal component 1 (", "principal component 2 ("}) {
        const size_t at = a.find(label);
        ASSERT_NE(at, std::string::npos);
        EXPECT_NE(b.find(a.substr(at, a.find('<', at) - at)), std::string::npos);
    }
    EXPECT_EQ(round_marks(a).size(), round_marks(b).size());
    EXPECT_NEAR(round_marks(a)[5].first, round_marks(b)[5].first, 0.11);
}

TEST_F(Plot, TheSameBytesForAnyThreadsTableAndFormat)
{
    const std::string fit = "kmeans fit iris.csv --columns 1-4 -k 3 -q --plot ";
    good(fit + "a.svg -T 1 --isa scalar");
    good(fit + "b.svg" + (has_threads() ? " -T 3" : ""));
    EXPECT_EQ(folder.read("a.svg"), folder.read("b.svg"));
    EXPECT_TRUE(is_well_formed(folder.read("a.svg")));
    for (const char *words : {"cluster 0 (", "cluster 2 (", "Rows of each cluster", "by pass",
                              "n = 150, d = 4, k = 3, inertia 78.8"}) {
        EXPECT_NE(folder.read("a.svg").find(words), std::string::npos) << words;
    }
}

TEST_F(Plot, CentroidsAloneLabelTheRows)
{
    good("kmeans fit good.csv -k 2 -q --labels l.txt --centroids c.csv");
    const std::string both = picture("kmeans plot good.csv --labels l.txt --centroids c.csv");
    EXPECT_EQ(round_marks(both).size(), 4u); // three of the blue cluster, one in the legend
    const std::string alone = picture("kmeans plot good.csv --centroids c.csv");
    EXPECT_EQ(round_marks(alone), round_marks(both));
    EXPECT_NE(alone.find("k = 2, inertia 16<"), std::string::npos); // which labels alone do not say
    const std::string labels = picture("kmeans plot good.csv --labels l.txt");
    EXPECT_EQ(round_marks(labels).size(), 4u);
    EXPECT_EQ(labels.find("<circle"), std::string::npos);
    EXPECT_NE(both.find("<circle"), std::string::npos);
}

TEST_F(Plot, ASampleIsAnnouncedAndFollowsTheSeed)
{
    good("kmeans generate uniform --rows 30000 -o u.npy -q");
    const std::string line = "kmeans plot u.npy";
    const std::string first = picture(line);
    EXPECT_EQ(round_marks(first).size(), 20000u);
    EXPECT_LT(first.size(), 2000000u);
    EXPECT_NE(first.find("drawn: 20,000 of 30,000 rows, chosen at random (seed 0)"),
              std::string::npos);
    EXPECT_EQ(picture(line), first);
    EXPECT_NE(round_marks(picture(line + " --seed 1")), round_marks(first));
    EXPECT_EQ(round_marks(picture(line + " --sample 7")).size(), 7u);
    EXPECT_EQ(picture(line + " --sample 30000").find("drawn:"), std::string::npos);
}

TEST_F(Plot, RowsWithNanAreAnErrorOrLeftOut)
{
    folder.write("nan.csv", "1,2\n3,nan\n5,6\n");
    const cli::Outcome outcome = folder.run("kmeans plot nan.csv -o p.svg");
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(folder.list().count("p.svg"), 0u);
    const std::string svg = picture("kmeans plot nan.csv --nan skip");
    EXPECT_EQ(round_marks(svg).size(), 2u);
    EXPECT_NE(svg.find("1 row with values that cannot be drawn left out"), std::string::npos);
}

TEST_F(Plot, AnyNumberOfColumnsAndEqualRows)
{
    for (const char *rows : {"1\n2\n5\n", "1,2,3\n4,5,6\n7,8,10\n", "3,3\n3,3\n", "0\n",
                             "1,2,3,4,5,6,7,8,9,10\n2,1,2,1,2,1,2,1,2,1\n0,0,0,0,0,0,0,0,0,1\n",
                             "7,7,7,7\n7,7,7,7\n", "1e-300,1e150\n2e-300,-1e150\n",
                             "4.9e-324,1\n4.9e-324,2\n", "4.9e-324,0,1\n0,1e-310,1\n"}) {
        folder.write("x.csv", rows);
        const std::string svg = picture("kmeans plot x.csv");
        EXPECT_EQ(svg.find("nan"), std::string::npos) << rows;
        EXPECT_EQ(svg.find("inf"), std::string::npos) << rows;
    }
    const std::string chosen = picture("kmeans plot iris.csv --columns 1-4 --axes 3,1");
    EXPECT_LT(chosen.find(">petal_length<"), chosen.find(">sepal_length<"));
    picture("kmeans plot good.csv --axes pca");
    picture("kmeans plot iris.csv --columns 1-4 --axes 1,2,4");
}

TEST_F(Plot, NamesAreEscaped)
{
    folder.write("a&b<c>.csv", six);
    const std::string svg = picture("kmeans plot 'a&b<c>.csv'");
    EXPECT_NE(svg.find("<title>Rows of a&amp;b&lt;c&gt;.csv</title>"), std::string::npos);
    folder.write("\x80\x01.csv", six);
    EXPECT_NE(picture("kmeans plot '\x80\x01.csv'").find("<title>Rows of ??.csv"),
              std::string::npos);
}

} // namespace
