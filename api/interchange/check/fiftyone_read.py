"""Let FiftyOne's own importers read an export, without its database:
   FIFTYONE_DISABLE_SERVICES=1 python fiftyone_read.py coco|yolo|cvat|voc|detections|classifications DATA_FOLDER LABELS
(pip install fiftyone, about 1 GB with what it needs; for yolo LABELS is the split, and DATA_FOLDER the one with
data.yaml)."""
import os, sys
os.environ.update(FIFTYONE_DISABLE_SERVICES='1', FIFTYONE_DO_NOT_TRACK='true')
from collections import Counter
import fiftyone.utils.coco as c, fiftyone.utils.cvat as v, fiftyone.utils.data as d, fiftyone.utils.voc as p, fiftyone.utils.yolo as y
kind, data, labels = sys.argv[1:4]
importer = {
    'coco': lambda: c.COCODetectionDatasetImporter(data_path=data, labels_path=labels, label_types=['detections']),
    'yolo': lambda: y.YOLOv5DatasetImporter(dataset_dir=data, yaml_path='data.yaml', split=labels),
    'cvat': lambda: v.CVATImageDatasetImporter(data_path=data, labels_path=labels),
    'voc': lambda: p.VOCDetectionDatasetImporter(data_path=data, labels_path=labels),
    'detections': lambda: d.FiftyOneImageDetectionDatasetImporter(data_path=data, labels_path=labels),
    'classifications': lambda: d.FiftyOneImageClassificationDatasetImporter(data_path=data, labels_path=labels)}[kind]()
images, found, missing = 0, Counter(), 0
with importer:
    for path, _, label in importer:
        images += 1
        missing += not os.path.exists(path)
        for group in (label.values() if isinstance(label, dict) else [label]):
            for one in getattr(group, 'detections', [group] if group else []):
                found[one.label] += 1
                if getattr(one, 'bounding_box', None):
                    x, yy, w, h = one.bounding_box
                    assert -1e-6 <= x and -1e-6 <= yy and x + w <= 1.000001 and yy + h <= 1.000001, (path, one.bounding_box)
print(images, 'images,', missing, 'without a file,', dict(found))
sys.exit(bool(missing) or not images)
