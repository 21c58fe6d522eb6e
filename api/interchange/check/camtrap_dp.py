"""Offline check of a Camtrap DP folder:  python camtrap_dp.py FOLDER [SCHEMAS]
pip install frictionless jsonschema. Exit code 1 when anything is wrong."""
import csv, json, os, pathlib, re, sys
import jsonschema, referencing
from frictionless import Package, Resource, Schema
folder = pathlib.Path(sys.argv[1]).resolve()
schemas = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent.parent / 'schemas/camtrap-dp').resolve()
dp = json.loads((folder / 'datapackage.json').read_text('utf-8'))
problems = []
# 1. datapackage.json against the official profile; its two remote $refs come from SCHEMAS
load = lambda n: json.loads((schemas / n).read_text('utf-8'))
profile = load('camtrap-dp-profile.json')
version = (re.search(r'camtrap-dp/(?:v)?([^/]+)/', dp.get('profile') or '') or [None, None])[1]
# The pattern pins one release: 1.0, 1.0.1, 1.0.2.
profile['$defs']['version']['pattern'] = re.escape(version or '1.0.2')
D4 = referencing.jsonschema.DRAFT4
registry = referencing.Registry().with_resources([
    ('https://specs.frictionlessdata.io/schemas/data-package.json', D4.create_resource(load('data-package.json'))),
    ('http://json.schemastore.org/geojson.json', D4.create_resource(load('geojson.json')))])
profile['$id'] = profile['id'] = 'urn:camtrap-dp'
for e in jsonschema.Draft4Validator(profile, registry=registry, format_checker=jsonschema.FormatChecker()).iter_errors(dp):
    problems.append('datapackage.json/%s: %s' % ('/'.join(map(str, e.absolute_path)), e.message[:160]))
# 2. the tables against the official table schemas, foreign keys included
os.chdir(folder)
paths = {r['name']: r['path'] for r in dp['resources'] if 'path' in r}
package = Package(resources=[Resource(path=paths[n], name=n, schema=Schema.from_descriptor(load(n + '-table-schema.json')))
                             for n in ('deployments', 'media', 'observations')])
for task in package.validate().tasks:
    for e in task.errors:
        problems.append('%s: row %s %s: %s' % (task.name, getattr(e, 'row_number', '-'), getattr(e, 'field_name', ''), e.message[:160]))
# 3. rules of the standard's text that no schema states
rows = {n: list(csv.DictReader(open(p, encoding='utf-8'))) for n, p in paths.items() if n in ('deployments', 'media', 'observations')}
media = {m['mediaID']: m for m in rows['media']}
for o in rows['observations']:
    i = o['observationID']
    if o['observationLevel'] == 'media' and not o['mediaID']: problems.append(f'{i}: level media without mediaID')
    if o['observationLevel'] == 'event' and not o['eventID']: problems.append(f'{i}: level event without eventID')
    if o['observationLevel'] == 'event' and o.get('bboxX'): problems.append(f'{i}: a box on an event')
    if o['mediaID'] and media.get(o['mediaID'], {}).get('deploymentID') != o['deploymentID']: problems.append(f'{i}: deployment differs from its medium')
    box = [o.get(k) or '' for k in ('bboxX', 'bboxY', 'bboxWidth', 'bboxHeight')]
    if any(box) and not all(box): problems.append(f'{i}: part of a box')
    if all(box) and (float(box[0]) + float(box[2]) > 1.000001 or float(box[1]) + float(box[3]) > 1.000001): problems.append(f'{i}: box leaves the picture')
names = {o['scientificName'] for o in rows['observations'] if o.get('scientificName')}
listed = {t.get('scientificName') for t in dp.get('taxonomic', [])}
for n in sorted(names - listed): problems.append(f'taxonomic lacks {n!r}')
for m in rows['media']:
    if not re.match('https?:', m['filePath']) and not (folder / m['filePath']).exists(): problems.append(f"{m['mediaID']}: no file {m['filePath']}")
for p in problems[:40]: print(p)
print({n: len(r) for n, r in rows.items()}, 'version', version, '-', len(problems), 'problems')
sys.exit(bool(problems))
