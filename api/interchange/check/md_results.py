"""MegaDetector's own validator with an exit code (its command line prints nothing and exits 0):
   python md_results.py FILE…
(pip install megadetector-utils)."""
import sys
from megadetector.postprocessing.validate_batch_results import validate_batch_results
bad = 0
for f in sys.argv[1:]:
    r = validate_batch_results(f)['validation_results']
    print(f, r['errors'], r['warnings'][:3], dict(r.get('detection_category_id_to_count', {})))
    bad += bool(r['errors'])
sys.exit(bool(bad))
