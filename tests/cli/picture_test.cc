// The backends of pictures that are no SVG, and the curves of JSON files.
#include "cli/command.h"

namespace {

class Picture : public cli::CommandTest {
protected:
    void SetUp() override
    {
        CommandTest::SetUp();
        folder.write("good.csv", "1,2\n1,4\n1,0\n10,2\n10,4\n10,0\n");
        folder.write("l.txt", "0\n0\n0\n1\n1\n1\n");
        std::filesystem::create_directory(folder.work() / "tools");
    }
    // A program called gnuplot that does this.
    void make_gnuplot(const std::string &script) const
    {
        folder.write("tools/gnuplot", "#!/bin/sh\n" + script);
        std::filesystem::permissions(folder.work() / "tools" / "gnuplot",
                                     std::filesystem::perms::owner_all);
    }
    // The text of an SVG; empty where this build reads no JSON.
    std::string curves(const std::string &json, const std::string &flags = "") const
    {
        folder.write("r.json", json);
        const cli::Outcome outcome = folder.run("kmeans plot --json r.json -o p.svg " + flags);
        if (outcome.err.find("build with KMEANS_JANSSON") != std::string::npos) {
            return "";
        }
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(outcome.err, "");
        return folder.read("p.svg");
    }
};

void expect_words(const std::string &text, std::initializer_list<const char *> words)
{
    for (const char *word : words) {
        EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
    }
}

TEST_F(Picture, InCharactersOfAscii)
{
    EXPECT_EQ(good("COLUMNS=40 LC_ALL=C kmeans plot good.csv --labels l.txt"),
              R"(Clusters of good.csv
column 2
 |                                      
4| o                                  + 
 |                                      
 |                                      
 |                                      
3|                                      
 |                                      
 |                                      
 |                                      
 |                                      
2| o                                  + 
 |                                      
 |                                      
 |                                      
1|                                      
 |                                      
 |                                      
 |                                      
0| o                                  + 
 |                                      
 +--------------------------------------
       2       4      6       8      10
  column 1
o cluster 0 (3)  + cluster 1 (3)
n = 6, d = 2, k = 2
)");
}

TEST_F(Picture, NarrowTerminals)
{
    folder.write("long.csv", "1,2,3\n4,5,6\n7,8,10\n0,1,1\n");
    for (const std::string columns : {"20", "23", "40", "79"}) {
        for (const std::string what :
             {"kmeans plot long.csv", "kmeans fit long.csv -k 2 --plot -"}) {
            const std::string text = good("COLUMNS=" + columns + " LC_ALL=C " + what);
            for (const std::string &line : cli::lines_of(text)) {
                EXPECT_LE(line.size(), std::stoul(columns)) << text;
            }
        }
    }
    expect_words(good("COLUMNS=20 LC_ALL=C kmeans plot good.csv"),
                 {"Rows of good.csv\n", "\n  column 1\n"});
    const cli::Outcome outcome = folder.run("COLUMNS=19 kmeans plot good.csv");
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.out, "");
    expect_words(outcome.err, {"19 columns are too few", "20 at least"});
    EXPECT_EQ(folder.run("COLUMNS=5 kmeans plot good.csv -o p.svg").code, 0);
}

TEST_F(Picture, InBrailleWhereTheLocaleAndTheSeriesAllow)
{
    const std::string utf8 = good("COLUMNS=40 LC_ALL= LC_CTYPE= LANG=C.UTF-8 kmeans plot good.csv");
    expect_words(utf8, {"\u2514\u2500", "\u2524", "\u2880"});
    EXPECT_EQ(utf8.find('\033'), std::string::npos); // no terminal, no colours
    const std::string latin = good("LC_ALL=C LANG=C.UTF-8 kmeans plot good.csv");
    for (const char c : latin) {
        ASSERT_LT(static_cast<unsigned char>(c), 0x80u) << latin;
    }
    // Clusters without colours are told apart by letters.
    expect_words(good("LC_ALL= LC_CTYPE= LANG=C.UTF-8 kmeans plot good.csv --labels l.txt"),
                 {"o cluster 0", "+ cluster 1"});
    good("LC_ALL=C kmeans plot good.csv -o p.txt");
    EXPECT_EQ(folder.read("p.txt"), good("LC_ALL=C kmeans plot good.csv"));
    for (const auto &line : cli::lines_of(good("COLUMNS=1000 LC_ALL=C kmeans plot good.csv"))) {
        EXPECT_LE(line.size(), 200u);
    }
}

TEST_F(Picture, AfterAFitOnStdoutInPlaceOfTheSummary)
{
    const std::string text = good("LC_ALL=C kmeans fit good.csv -k 2 --plot -");
    EXPECT_EQ(text.rfind("k-means of good.csv\n", 0), 0u) << text;
    expect_words(text, {"cluster 0 (3)", "Sum of squared errors by pass", "Rows of each cluster",
                        "n = 6, d = 2, k = 2, inertia 16"});
    EXPECT_EQ(text.find("checksum"), std::string::npos);
}

TEST_F(Picture, WithoutGnuplotAScriptIsLeft)
{
    for (const char *line : {"PATH=../bin kmeans plot good.csv -o p.png",
                             "PATH=../bin kmeans fit good.csv -q -k 2 --plot p.png"}) {
        const auto before = folder.list();
        const cli::Outcome outcome = folder.run(line);
        EXPECT_EQ(outcome.code, 5) << outcome.err;
        expect_words(outcome.err, {"a PNG needs gnuplot, which is not in PATH", "p.gp and p.dat"});
        auto after = before;
        after.insert({"p.gp", "p.dat"});
        EXPECT_EQ(folder.list(), after);
        expect_words(folder.read("p.gp"), {"set output 'p.png'", "load 'p.dat'", "plot $s"});
        expect_words(folder.read("p.dat"), {"$s0 << EOD\n", "10 4\n", "EOD\n"});
        std::filesystem::remove(folder.work() / "p.gp");
        std::filesystem::remove(folder.work() / "p.dat");
    }
    good("kmeans plot good.csv -o q.gp");
    expect_words(folder.read("q.gp"), {"set output 'q.png'", "load 'q.dat'"});
}

TEST_F(Picture, GnuplotGetsTheScriptAndMakesThePng)
{
    make_gnuplot("cat > ../logs/script; echo drawn");
    good("PATH=$PWD/tools:$PATH kmeans plot good.csv -o p.png");
    EXPECT_EQ(folder.read("p.png"), "drawn\n");
    expect_words(folder.read("../logs/script"), {"pngcairo", "$s0 << EOD\n1 2\n", "plot $s0"});
    make_gnuplot("cat >/dev/null; echo half; exit 3");
    const cli::Outcome outcome = folder.run("PATH=$PWD/tools:$PATH kmeans plot good.csv -o p.png");
    EXPECT_EQ(outcome.code, 5);
    expect_words(outcome.err, {"could not make p.png"});
    EXPECT_EQ(folder.read("p.png"), "drawn\n"); // as it was
    make_gnuplot("cat >/dev/null");
    EXPECT_EQ(folder.run("PATH=$PWD/tools:$PATH kmeans plot good.csv -o p.png").code, 5);
    EXPECT_EQ(folder.read("p.png"), "drawn\n"); // nothing is no picture
    EXPECT_EQ(folder.list().size(), 4u);
}

TEST_F(Picture, TheRealGnuplotTakesEveryKindOfSeries)
{
    if (folder.run("gnuplot -e 'set terminal pngcairo'").code != 0) {
        GTEST_SKIP() << "gnuplot with pngcairo is not installed";
    }
    folder.write("3.csv", "1,2,3\n4,5,6\n7,8,10\n0,1,1\n");
    good("kmeans fit 3.csv -k 2 -q --plot p.png"); // box, texts, centres, points, line, bars
    EXPECT_EQ(folder.read("p.png").substr(0, 4), "\x89PNG");
    good("kmeans fit 3.csv -k 2 -q --plot q.gp; gnuplot q.gp");
    EXPECT_EQ(folder.read("q.png"), folder.read("p.png"));
    const std::string data = folder.read("q.dat");
    expect_words(data, {" \"0\" 0x0072B2\n", " \"1\" 0xE69F00\n"}); // the discs' colours
}

TEST_F(Picture, InertiaAndSizesOfAFit)
{
    good("kmeans fit good.csv -k 2 -q --json r.json");
    const std::string json = folder.read("r.json");
    expect_words(json, {"\n  \"trace\": [", "\"inertia_updated\": "});
    const std::string svg = curves(json);
    if (svg.empty()) {
        GTEST_SKIP() << "this build cannot read JSON";
    }
    expect_words(svg, {"Sum of squared errors by pass", "n = 6, d = 2, k = 2, inertia 16"});
    expect_words(curves(json, "--per-row"), {"squared error per row"});
    const std::string sizes = curves(json, "--kind sizes");
    expect_words(sizes, {"Rows of each cluster"});
    good("kmeans plot good.csv --kind sizes --labels l.txt -o q.svg");
    const std::string of_rows = folder.read("q.svg");
    const auto bars = [](const std::string &text) { // "M…z"
        const size_t at = text.find("fill=\"#0072B2\" d=\"");
        return text.substr(at, text.find('"', at + 20) - at);
    };
    EXPECT_EQ(bars(of_rows), bars(sizes));
}

TEST_F(Picture, CurvesOfASweepLeaveOutWhatWasNotMeasured)
{
    const std::string svg = curves(R"({"sweep": [
        {"k": 2, "inertia": 9, "silhouette": 0.5, "gap": null, "davies_bouldin": null},
        {"k": 3, "inertia": 4, "silhouette": 0.7, "gap": null, "davies_bouldin": null}],
        "suggested_k": 3, "suggested_by": "silhouette"})");
    if (svg.empty()) {
        GTEST_SKIP() << "this build cannot read JSON";
    }
    expect_words(svg, {"Sweep over k", ">silhouette<", ">sum of squared errors<", "clusters k",
                       "suggested: k = 3, by silhouette"});
    EXPECT_EQ(svg.find(">gap<"), std::string::npos);
}

const char bench_cells[] = R"({"cpu": "A & B", "bench": [
    {"isa": "avx2", "threads": 1, "dtype": "f32", "k": 1000, "speedup_scalar": 4,
     "speedup_one_thread": 1, "memory": MEMORY},
    {"isa": "avx2", "threads": 2, "dtype": "f32", "k": 1000, "speedup_scalar": 7.6,
     "speedup_one_thread": 1.9, "memory": null},
    {"isa": "scalar", "threads": THREADS, "dtype": "f32", "k": 2000, "speedup_scalar": 1,
     "speedup_one_thread": 1, "memory": null}]})";

std::string replaced(std::string text, const std::string &what, const std::string &by)
{
    for (size_t at; (at = text.find(what)) != std::string::npos;) {
        text.replace(at, what.size(), by);
    }
    return text;
}

TEST_F(Picture, CurvesOfABenchAreNamedByWhatDiffers)
{
    const std::string json = replaced(replaced(bench_cells, "MEMORY", "null"), "THREADS", "1");
    const std::string svg = curves(json);
    if (svg.empty()) {
        GTEST_SKIP() << "this build cannot read JSON";
    }
    expect_words(svg, {"Speed-up over one thread", "Speed-up over scalar code on one thread",
                       ">avx2 k=1,000<", ">scalar k=2,000<", ">ideal<", "A &amp; B"});
    EXPECT_EQ(svg.find("f32"), std::string::npos); // of all of them
    const std::string sixteen = curves(replaced(json, "\"threads\": 2", "\"threads\": 16"));
    expect_words(sixteen, {">1<", ">2<", ">4<", ">8<", ">16<"}); // binary logarithms
    EXPECT_EQ(sixteen.find(">32<"), std::string::npos);
    EXPECT_EQ(sixteen.find(">6<"), std::string::npos);
    const std::string slower =
        curves(replaced(json, "\"speedup_one_thread\": 1.9", "\"speedup_one_thread\": 0.22"));
    expect_words(slower, {">0.25<", ">0.5<", ">1<", ">2<", ">ideal<"});
    EXPECT_EQ(slower.find(">0.125<"), std::string::npos);
    const std::string far =
        curves(replaced(json, "\"speedup_one_thread\": 1.9", "\"speedup_one_thread\": 1e-300"));
    EXPECT_EQ(far.find("nan"), std::string::npos);
    EXPECT_LT(far.size(), 200000u);
    const std::string bars = curves(replaced(json, "\"threads\": 2", "\"threads\": 1"));
    expect_words(bars, {">1 avx2 k=1,000<", ">3 scalar k=2,000<"});
    EXPECT_EQ(bars.find("over one thread"), std::string::npos);
}

TEST_F(Picture, MemoryOverTime)
{
    const std::string json = replaced(bench_cells, "THREADS", "1");
    const std::string svg = curves(replaced(json, "MEMORY", "[[0, 1e6], [0.5, 3.5e6]]"));
    if (svg.empty()) {
        GTEST_SKIP() << "this build cannot read JSON";
    }
    expect_words(svg,
                 {"memory over time", "resident memory (MB)", ">seconds<", "avx2 T=1 k=1,000"});
    folder.write("bad.json", replaced(json, "MEMORY", "[[0, 1e6], [0.5]]"));
    const cli::Outcome outcome = folder.run("kmeans plot --json bad.json");
    EXPECT_EQ(outcome.code, 3);
    expect_words(outcome.err, {"bench[0].memory[1] is no pair of seconds and bytes"});
}

} // namespace
