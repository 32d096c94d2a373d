#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "annotations/column_words.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using Catch::Matchers::ContainsSubstring;

namespace {

CsvLayout layout_of(const std::string& text, const CsvOptions& options = {}) {
  testing::TemporaryFolder folder;
  return csv_layout(folder.write("d.csv", text), options);
}

std::string said(const std::string& header) { return layout_of(header + "\n").description(); }

AnnotationError refusal(const std::string& text, const CsvOptions& options = {}) {
  std::string understood;
  try {
    understood = layout_of(text, options).description();
  } catch (const AnnotationError& error) {
    return error;
  }
  FAIL("understood: " << understood);
  return {Reason::kSyntax, "", 0, ""};
}

Box first_box(const std::string& text, const CsvOptions& options = {}) {
  testing::TemporaryFolder folder;
  return read_csv(folder.write("d.csv", text), options).boxes(0)[0];
}

}  // namespace

TEST_CASE("layouts in common use are understood and said aloud") {
  CHECK(said("image,x,y,h,w") ==
        "image \"image\" (1); box x in \"x\" (2), y in \"y\" (3), h in \"h\" (4), w in \"w\" (5)");
  CHECK(
      said("filename,width,height,class,xmin,ymin,xmax,ymax") ==
      "image \"filename\" (1); box xmin in \"xmin\" (5), ymin in \"ymin\" (6), xmax in \"xmax\" (7), ymax in \"ymax\" "
      "(8); class \"class\" (4); image width \"width\" (2), height \"height\" (3)");
  CHECK(said("image,xmin,xmax,ymin,ymax") ==
        "image \"image\" (1); box xmin in \"xmin\" (2), ymin in \"ymin\" (4), xmax in \"xmax\" (3), ymax in \"ymax\" "
        "(5)");
  CHECK(said("image,x,y,width,height,score") ==
        "image \"image\" (1); box x in \"x\" (2), y in \"y\" (3), w in \"width\" (4), h in \"height\" (5); number "
        "\"score\" (6)");
  CHECK(
      said("img,bbox_cx,bbox_cy,bbox_w,bbox_h") ==
      "image \"img\" (1); box cx in \"bbox_cx\" (2), cy in \"bbox_cy\" (3), w in \"bbox_w\" (4), h in \"bbox_h\" (5)");
  CHECK(said("file,left_eye_x,left_eye_y,nose_x,nose_y,nose_visibility") ==
        "image \"file\" (1); 2 keypoints \"left_eye_x\" (2), \"left_eye_y\" (3), \"nose_x\" (4), \"nose_y\" (5), "
        "\"nose_visibility\" (6)");
  CHECK(said("file,x1,y1,x2,y2,x3,y3") ==
        "image \"file\" (1); 3 keypoints \"x1\" (2), \"y1\" (3), \"x2\" (4), \"y2\" (5), \"x3\" (6), \"y3\" (7)");
  CHECK(said("file,a,b,c,d,e,f,g,h1,i") ==
        "image \"file\" (1); numbers \"a\" (2), \"b\" (3), \"c\" (4), \"d\" (5), \"e\" (6), \"f\" (7), \"g\" (8), "
        "\"h1\" (9) and 1 more");
  CHECK(said("file,x,y") == "image \"file\" (1); 1 keypoint \"x\" (2), \"y\" (3)");
}

TEST_CASE("each box layout gives the same box") {
  const Box box{10, 20, 40, 60};
  CHECK(first_box("image,x,y,h,w\na,10,20,40,30\n") == box);
  CHECK(first_box("image,W,H,X,Y\na,30,40,10,20\n") == box);
  CHECK(first_box("image,xmin,xmax,ymin,ymax\na,10,40,20,60\n") == box);
  CHECK(first_box("image,left,top,right,bottom\na,10,20,40,60\n") == box);
  CHECK(first_box("image,left,top,width,height\na,10,20,30,40\n") == box);
  CHECK(first_box("image,cx,cy,w,h\na,25,40,30,40\n") == box);
  CHECK(first_box("image,x,y,w,h,width,height\na,10,20,30,40,640,480\n") == box);
  CHECK(first_box("dir/a b.jpg,10,20,40,60,cat\n", CsvOptions().header(false)) == box);
  CHECK(first_box("a,20,10,60,40\n", CsvOptions().header(false).box({2, 1, 4, 3}).box_format(BoxFormat::kXYXY)) == box);
  CHECK(first_box("l;r;t;b;what;file\n10;40;20;60;cat;a\n", CsvOptions()
                                                                .separator(';')
                                                                .image("file")
                                                                .box({"l", "t", "r", "b"})
                                                                .box_format(BoxFormat::kXYXY)
                                                                .class_column("what")) == box);
}

TEST_CASE("a header with an unnamed first column and numbered others") {
  CHECK(said(",0,1,2") == "image column 1; numbers \"0\" (2), \"1\" (3), \"2\" (4)");
  std::string header, row = "a.jpg";
  for (int i = 0; i < 136; ++i) {
    header += "," + std::to_string(i);
    row += "," + std::to_string(i);
  }
  const auto error = refusal(header + "\n");
  CHECK(error.reason() == Reason::kAmbiguous);
  CHECK_THAT(error.what(), ContainsSubstring("136 numbered columns") && ContainsSubstring("ColumnRole::kKeypoint"));
  testing::TemporaryFolder folder;
  const auto path = folder.write("d.csv", header + "\n" + row + "\n");
  const auto points = read_csv(path, CsvOptions().labels_as(ColumnRole::kKeypoint)).keypoints(0).to_vector();
  REQUIRE(points.size() == 68);
  CHECK(points[67] == Keypoint{134, 135, 2});
  CHECK(read_csv(path, CsvOptions().labels_as(ColumnRole::kNumber)).numbers(0).size() == 136);
  CHECK(read_csv(path, CsvOptions().keypoints({{1, 2, 3}, {4, 5, 6}})).keypoints(0).to_vector() ==
        std::vector<Keypoint>{{0, 1, 2}, {3, 4, 5}});
}

TEST_CASE("what is ambiguous is refused with a reason") {
  const auto reason = [](const std::string& text, const CsvOptions& options = {}) {
    return refusal(text, options).reason();
  };
  const auto no_header = CsvOptions().header(false);
  CHECK(reason("image,x,y,w,h,xmin,ymin,xmax,ymax\n") == Reason::kAmbiguous);
  CHECK(reason("image,class,label\n") == Reason::kAmbiguous);
  CHECK(reason("id,filename,path,x,y,w,h\n") == Reason::kAmbiguous);
  CHECK(reason("a.jpg,1,2,3,4\n", no_header) == Reason::kAmbiguous);
  CHECK(reason("a.jpg,1,2,3,4,0\n", no_header) == Reason::kAmbiguous);
  CHECK(reason("a.jpg,1,2,3,4,5,6\n", no_header) == Reason::kAmbiguous);
  CHECK(reason("image,xmin,ymin,xmax\n") == Reason::kHeader);
  CHECK(reason("image,x,y,width\n") == Reason::kHeader);
  CHECK(layout_of("a.jpg,1,2,3\n", no_header).count(ColumnRole::kNumber) == 3);
}

TEST_CASE("options name the columns, and what they do not name is ignored and said") {
  const auto layout = layout_of("file,a,b,c,d,note\nx,1,2,3,4,hello\n", CsvOptions().numbers({"c", 1}));
  CHECK(layout.find(ColumnRole::kNumber, 0) == 3U);
  CHECK(layout.find(ColumnRole::kNumber, 1) == 1U);
  CHECK(layout.count(ColumnRole::kIgnored) == 3);
  CHECK_THAT(layout.description(), ContainsSubstring("ignored \"b\" (3), \"d\" (5), \"note\" (6)"));
  CHECK(layout_of("file,x,y,w,h,note\n", CsvOptions().ignore({"note"})).has(ColumnRole::kBox));
}

TEST_CASE("wrong options are refused") {
  const std::string text = "file,a,b,c,d\nx,1,2,3,4\n";
  CHECK_THROWS_AS(layout_of(text, CsvOptions().box({"a", "b"})), std::invalid_argument);
  CHECK_THROWS_AS(layout_of(text, CsvOptions().numbers({"a", "a"})), std::invalid_argument);
  CHECK_THROWS_AS(layout_of(text, CsvOptions().numbers({"a"}).labels_as(ColumnRole::kNumber)), std::invalid_argument);
  CHECK_THROWS_AS(layout_of(text, CsvOptions().labels_as(ColumnRole::kClass)), std::invalid_argument);
  CHECK_THROWS_AS(layout_of(text, CsvOptions().class_column("a").labels_as(ColumnRole::kNumber)),
                  std::invalid_argument);
  CHECK_THROWS_AS(layout_of(text, CsvOptions().keypoints({{"a", "b"}}).labels_as(ColumnRole::kNumber)),
                  std::invalid_argument);
  CHECK_THROWS_AS(layout_of(text, CsvOptions().image_width("a")), std::invalid_argument);
  CHECK_THROWS_AS(layout_of(text, CsvOptions().class_names({"u", "u"})), std::invalid_argument);
  CHECK_THROWS_AS(layout_of(text, CsvOptions().header(false).image("file")), std::invalid_argument);
  CHECK(refusal(text, CsvOptions().numbers({7})).reason() == Reason::kHeader);
  CHECK(refusal(text, CsvOptions().numbers({-1})).reason() == Reason::kHeader);
  CHECK(refusal("f,a,b\n", CsvOptions().labels_as(ColumnRole::kBox)).reason() == Reason::kColumnCount);
  CHECK(refusal("f,a\n", CsvOptions().labels_as(ColumnRole::kKeypoint)).reason() == Reason::kColumnCount);
}

TEST_CASE("the nearest word") {
  CHECK(nearest_word("xmin", {"ymax", "xmn", "class"}) == "xmn");
  CHECK(nearest_word("xmin", {"class"}).empty());
  CHECK(nearest_word("xmin", {"xmax"}) == "xmax");
  CHECK(nearest_word("xmin", {"ymax"}).empty());
  CHECK(nearest_word("x", {}).empty());
  CHECK(nearest_word("column", {"colmn", "collumns"}, 1) == "colmn");
}

TEST_CASE("corners in common spellings are a box, wherever they stand and beside the size of the image") {
  const Box box{10, 20, 40, 60};
  for (const std::string names : {"x0,y0,x1,y1",
                                  "X0,Y0,X1,Y1",
                                  "x_0,y_0,x_1,y_1",
                                  "x1,y1,x2,y2",
                                  "x_min,y_min,x_max,y_max",
                                  "XMin,YMin,XMax,YMax",
                                  "minX,minY,maxX,maxY",
                                  "x.min,y.min,x.max,y.max",
                                  "x min,y min,x max,y max",
                                  "bbox_x1,bbox_y1,bbox_x2,bbox_y2",
                                  "bbox x0,bbox y0,bbox x1,bbox y1",
                                  "startX,startY,endX,endY",
                                  "start_x,start_y,end_x,end_y",
                                  "STARTX,STARTY,ENDX,ENDY",
                                  "x_start,y_start,x_end,y_end",
                                  "xtl,ytl,xbr,ybr",
                                  "tl_x,tl_y,br_x,br_y",
                                  "x_tl,y_tl,x_br,y_br",
                                  "ulx,uly,lrx,lry",
                                  "UL_X,UL_Y,LR_X,LR_Y",
                                  "left,top,right,bottom",
                                  "Left,Top,Right,Bottom",
                                  "box_left,box_top,box_right,box_bottom",
                                  "l,t,r,b",
                                  "left_x,top_y,right_x,bottom_y",
                                  "top_left_x,top_left_y,bottom_right_x,bottom_right_y",
                                  "TopLeftX,TopLeftY,BottomRightX,BottomRightY",
                                  "upper left x,upper left y,lower right x,lower right y",
                                  "bndbox.xmin,bndbox.ymin,bndbox.xmax,bndbox.ymax"}) {
    CAPTURE(names);
    CHECK(first_box("image," + names + "\na,10,20,40,60\n") == box);
    CHECK(first_box("image,width,height," + names + ",class\na,640,480,10,20,40,60,cat\n") == box);
    const auto layout = layout_of("image,width,height," + names + ",class\n");
    CHECK(layout.find(ColumnRole::kImageWidth) == 1U);
    CHECK(layout.count(ColumnRole::kNumber) == 0);
    CHECK(layout.keypoints() == 0);
  }
}

TEST_CASE("corners in another order than x, y, x, y") {
  CHECK(first_box("image,x0,x1,y0,y1\na,10,40,20,60\n") == Box{10, 20, 40, 60});
  CHECK(first_box("image,startY,startX,endY,endX\na,20,10,60,40\n") == Box{10, 20, 40, 60});
  CHECK(first_box("image,x0,y0,w,h\na,10,20,30,40\n") == Box{10, 20, 40, 60});
}

TEST_CASE("keypoints in common spellings") {
  for (const std::string names :
       {"nose_x,nose_y,ear_x,ear_y", "noseX,noseY,earX,earY", "nose.x,nose.y,ear.x,ear.y", "x_nose,y_nose,x_ear,y_ear",
        "nose x,nose y,ear x,ear y", "NOSE_X,NOSE_Y,EAR_X,EAR_Y", "left_x,left_y,right_x,right_y"}) {
    CAPTURE(names);
    const auto layout = layout_of("image," + names + "\n");
    CHECK(layout.keypoints() == 2);
    CHECK(layout.count(ColumnRole::kNumber) == 0);
  }
  const auto seen = layout_of("image,noseX,noseY,noseVisible\n");
  CHECK(seen.find(ColumnRole::kKeypoint, 2) == 3U);
  CHECK(layout_of("image,x0,y0,x1,y1,x2,y2\n").keypoints() == 3);
  CHECK(layout_of("image,x0,y0\n").keypoints() == 1);
  // All four corners of a quadrangle, which need not be a box.
  CHECK(layout_of("image,tl_x,tl_y,tr_x,tr_y,br_x,br_y,bl_x,bl_y\n").keypoints() == 4);
  const auto both = layout_of("image,startX,startY,endX,endY,noseX,noseY\n");
  CHECK(both.has(ColumnRole::kBox));
  CHECK(both.keypoints() == 1);
}

TEST_CASE("what may be corners under unknown names is refused and never read as plain numbers") {
  for (const std::string names : {"xfrom,yfrom,xto,yto", "fromx,fromy,tox,toy", "xlow,ylow,xhigh,yhigh",
                                  "left_x,right_x,upper_y,lower_y", "xtl,ytl,xtr,ytr,xbr,ybr,xbl,ybl", "x5,x6,y7,y8"}) {
    CAPTURE(names);
    const auto error = refusal("image," + names + "\n");
    CHECK(error.reason() == Reason::kAmbiguous);
    CHECK_THAT(error.what(), ContainsSubstring("`box({…})`"));
  }
  CHECK_THAT(refusal("image,left_x,right_x,upper_y,lower_y\n").what(),
             ContainsSubstring("columns \"left_x\", \"right_x\", \"upper_y\", \"lower_y\" may be corners"));
  CHECK(refusal("image,x0,y0,x1\n").reason() == Reason::kHeader);
  CHECK(refusal("image,startX,startY,endX\n").reason() == Reason::kHeader);
  CHECK(refusal("image,left,top,right\n").reason() == Reason::kHeader);
  // One pair of letters proves nothing, nor do columns for x alone.
  CHECK(layout_of("image,a_x,b_x\n").count(ColumnRole::kNumber) == 2);
  CHECK(layout_of("image,a_y,b_y\n").count(ColumnRole::kNumber) == 2);
  CHECK(layout_of("image,max,may\n").count(ColumnRole::kNumber) == 2);
}

TEST_CASE("a column that is not there is answered with those that are, and the nearest of them") {
  const std::string text = "image,x,y,height,width\na,1,2,3,4\n";
  CHECK_THAT(refusal(text, CsvOptions().box({"x", "y", "hight", "width"})).what(),
             ContainsSubstring("d.csv:1: expected a column \"hight\" for box, got \"image\", \"x\", \"y\", \"height\", "
                               "\"width\"; did you mean \"height\"?"));
  std::string many = "image";
  for (int i = 0; i < 30; ++i) many += ",c" + std::to_string(i);
  CHECK_THAT(refusal(many + "\n", CsvOptions().numbers({"zebra"})).what(), ContainsSubstring("\"c18\" and 11 more"));
}

TEST_CASE("the image is the one column that is called so or that names images, or the first") {
  const auto image = [](const std::string& text, const CsvOptions& options = {}) {
    return *layout_of(text, options).find(ColumnRole::kImage);
  };
  CHECK(image("label,xmin,ymin,xmax,ymax,filename\n0,1,2,3,4,a.jpg\n") == 5);
  CHECK(image("label,xmin,ymin,xmax,ymax,photo\n0,1,2,3,4,a.JPG\n") == 5);
  CHECK(image(",photo,x,y,w,h\n0,a.png,1,2,3,4\n") == 1);
  CHECK(image("photo,x,y,w,h\na,1,2,3,4\n") == 0);
  CHECK(image("filename,path,x,y,w,h\na.jpg,b.jpg,1,2,3,4\n") == 0);
  CHECK(image("1,2,3,4,cat,a.jpg\n", CsvOptions().header(false)) == 5);
  CHECK(image("id,filename,x,y,w,h\n", CsvOptions().image("id")) == 0);
}

TEST_CASE("columns of words: the class, the split, or ignored and said once") {
  const std::string rows = "a.jpg,1,2,3,4,raccoon,jo\nb.jpg,1,2,3,4,raccoon,jo\nc.jpg,1,2,3,4,raccoon,ann\n";
  const auto both = layout_of("image,xmin,ymin,xmax,ymax,class,photographer\n" + rows);
  CHECK(both.find(ColumnRole::kClass) == 5U);
  CHECK_THAT(both.description(), ContainsSubstring("ignored \"photographer\" (7)"));
  CHECK(layout_of("image,x,y,w,h,animal\na,1,2,3,4,cat\nb,1,2,3,4,cat\n").find(ColumnRole::kClass) == 5U);
  CHECK(layout_of("image,x,y,w,h,title\na,1,2,3,4,one\nb,1,2,3,4,two\nc,1,2,3,4,three\n").count(ColumnRole::kIgnored) ==
        1);
  CHECK(layout_of("image,x,y,w,h,hidden\na,1,2,3,4,True\nb,1,2,3,4,False\n").count(ColumnRole::kIgnored) == 1);
  CHECK(layout_of("image,x,y,w,h,day\na,1,2,3,4,2024-01-02\nb,1,2,3,4,2024-01-03\nc,1,2,3,4,2024-01-05\n")
            .count(ColumnRole::kIgnored) == 1);
  CHECK(layout_of("image,x,y,w,h,usage\na,1,2,3,4,Train\nb,1,2,3,4,Val\n").find(ColumnRole::kSplit) == 5U);
  const auto subset = layout_of("image,x,y,w,h,subset\na,1,2,3,4,one\nb,1,2,3,4,two\n");
  CHECK(subset.find(ColumnRole::kSplit) == 5U);
  CHECK_THAT(subset.description(), ContainsSubstring("split \"subset\" (6)"));
  const auto error = refusal("image,x,y,w,h,animal,color\na,1,2,3,4,cat,red\nb,1,2,3,4,cat,red\n");
  CHECK(error.reason() == Reason::kAmbiguous);
  CHECK_THAT(error.what(), ContainsSubstring("`ignore({\"color\"})`"));
  // What was meant to be a number is never ignored.
  for (const auto* cell : {"12px", "1,5", "-", "0x10", "nan", "--1", "1-2"}) {
    CAPTURE(cell);
    CHECK(layout_of("image,x,y,w,h,score\na,1,2,3,4,\"" + std::string(cell) + "\"\n").count(ColumnRole::kNumber) == 1);
  }
}

TEST_CASE("columns without a name are ignored in silence") {
  const auto commas = layout_of("image,xmin,ymin,xmax,ymax,,,\na.jpg,1,2,3,4,,,\n");
  CHECK(commas.count(ColumnRole::kIgnored) == 3);
  CHECK_THAT(commas.description(), !ContainsSubstring("ignored"));
  CHECK(layout_of(",image,x,y,w,h\n0,a.jpg,1,2,3,4\n").count(ColumnRole::kNumber) == 0);
  CHECK(layout_of("Unnamed: 0,image,x,y,w,h\n0,a.jpg,1,2,3,4\n").count(ColumnRole::kNumber) == 0);
}

TEST_CASE("a row of data in the place of the header is seen by its numbers and its image") {
  for (const auto* text :
       {"a.jpg,1,2,3,4,raccoon\n", "a.jpg,1,2,3,4\n", "a.jpg,cat\n", "a.png,0,1\n", "x,1,2.5,3,cat\n"}) {
    CAPTURE(text);
    const auto error = refusal(text);
    CHECK(error.reason() == Reason::kHeader);
    CHECK(error.line() == 1);
    CHECK_THAT(error.what(), ContainsSubstring("without a header the option is `header(false)`"));
  }
  CHECK(layout_of("image,class,0,1,2\n").count(ColumnRole::kNumber) == 3);
  const auto read = layout_of("a.jpg,1,2,3,4,raccoon\n", CsvOptions().header(false));
  CHECK(read.box_format == BoxFormat::kXYXY);
  CHECK(read.find(ColumnRole::kClass) == 5U);
  CHECK(layout_of("raccoon,1,2,3,4,a.jpg\n", CsvOptions().header(false)).find(ColumnRole::kClass) == 0U);
  CHECK(layout_of("a.jpg,1,2,3,4,raccoon,,\n", CsvOptions().header(false)).find(ColumnRole::kClass) == 5U);
  CHECK(layout_of("a.jpg,,,,,\nb.jpg,1,2,3,4,raccoon\n", CsvOptions().header(false)).find(ColumnRole::kBox, 3) == 4U);
}
