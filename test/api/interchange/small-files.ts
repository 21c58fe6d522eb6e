// One small good file of each format that is read, made by hand, with what it holds: photos, boxes, and statements that
// people made.

export type SmallFile = {
  reader: string
  files: Record<string, string>
  photos: number
  boxes: number
  /** By people. */
  verified: number
}

const table = (...rows: string[]) => `${rows.join('\n')}\n`

export const SMALL_FILES: SmallFile[] = [
  {
    reader: 'megadetector',
    files: {
      'md.json': JSON.stringify({
        images: [
          {
            file: 'a\\md1.JPG',
            detections: [
              { category: '1', conf: 0.9, bbox: [0.1, 0.1, 0.3, 0.3], verified: true, classifications: [['7', 1]] },
              { category: '1', conf: -0.4, bbox: [0.5, 0.5, 0.2, 0.2] },
            ],
          },
          { file: 'a/md2.JPG', detections: [] },
          { file: 'a/md3.JPG', detections: null, failure: 'Failure image access' },
          { file: 'a/md4.mp4', frame_rate: 30, detections: [] },
        ],
        detection_categories: { 1: 'animal', 2: 'person', 3: 'vehicle' },
        classification_categories: { 7: 'ocelot' },
        classification_category_descriptions: { 7: 'x;mammalia;carnivora;felidae;leopardus;pardalis;ocelot' },
        info: { format_version: '1.6', detector: 'md_v5a.0.0.pt' },
      }),
    },
    photos: 3,
    boxes: 2,
    verified: 1,
  },
  {
    reader: 'speciesnet',
    files: {
      'p.json': JSON.stringify({
        predictions: [
          {
            filepath: 'C:\\traps\\sn1.jpg',
            detections: [{ category: '1', label: 'animal', conf: 0.8, bbox: [0.2, 0.2, 0.4, 0.4] }],
            prediction: 'u;mammalia;carnivora;felidae;;;cat family',
            prediction_score: 0.7,
          },
        ],
      }),
    },
    photos: 1,
    boxes: 1,
    verified: 0,
  },
  {
    reader: 'camtrap-dp',
    files: {
      'datapackage.json': JSON.stringify({
        profile: 'https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2/camtrap-dp-profile.json',
        resources: ['deployments', 'media', 'observations'].map((name) => ({ name, path: `${name}.csv` })),
        taxonomic: [{ scientificName: 'Ardea', taxonRank: 'genus', vernacularNames: { eng: 'herons' } }],
      }),
      'deployments.csv': table('deploymentID,latitude,longitude,locationName', 'd1,51.5,4.7,Brook'),
      'media.csv': table(
        'mediaID,deploymentID,timestamp,filePath',
        'm1,d1,2020-05-30T04:57:37+02:00,media/dp1.jpg',
        'm2,d1,2020-05-30T04:57:40+02:00,media/dp2.jpg',
      ),
      'observations.csv': table(
        'observationID,deploymentID,mediaID,eventID,eventStart,eventEnd,observationLevel,observationType,scientificName,bboxX,bboxY,bboxWidth,bboxHeight,classificationMethod,classifiedBy,classificationProbability',
        'o1,d1,m1,e1,,,media,animal,Ardea,0.1,0.1,0.2,0.2,human,Jane,',
        'o2,d1,m2,e1,,,media,blank,,,,,,human,Jane,',
        'o3,d1,,e1,2020-05-30T02:57:37Z,2020-05-30T02:57:40Z,event,animal,Ardea,,,,,human,Jane,',
      ),
    },
    photos: 2,
    boxes: 1,
    verified: 1,
  },
  {
    reader: 'coco',
    files: {
      'c.json': JSON.stringify({
        annotations: [
          { id: 1, image_id: 'a', category_id: 3, bbox: [10, 20, 30, 40] },
          { id: 2, image_id: 'b', category_id: 0 },
        ],
        images: [
          { id: 'a', file_name: 'x/co-a.jpg', width: 100, height: 200, location: 'L1' },
          { id: 'b', file_name: 'x/co-b.jpg', width: 100, height: 200 },
        ],
        categories: [
          { id: 0, name: 'empty' },
          { id: 3, name: 'ocelot' },
        ],
      }),
    },
    photos: 2,
    boxes: 1,
    verified: 1,
  },
  {
    reader: 'label-studio',
    files: {
      'l.json': JSON.stringify([
        {
          id: 1,
          data: { image: '/data/upload/1/0a1b2c3d-ls1.jpg' },
          annotations: [
            {
              completed_by: 2,
              result: [
                {
                  id: 'r',
                  type: 'rectanglelabels',
                  value: { x: 10, y: 10, width: 20, height: 20, rotation: 0, rectanglelabels: ['ocelot'] },
                },
              ],
            },
          ],
        },
      ]),
    },
    photos: 1,
    boxes: 1,
    verified: 1,
  },
  {
    reader: 'fiftyone',
    files: {
      'labels.json': JSON.stringify({
        classes: null,
        labels: { fo1: [{ label: 'ocelot', bounding_box: [0.1, 0.1, 0.2, 0.2] }], fo2: 'puma' },
      }),
    },
    photos: 2,
    boxes: 1,
    verified: 2,
  },
  {
    reader: 'cvat',
    files: {
      'annotations.xml':
        '<?xml version="1.0"?><annotations><version>1.1</version><image id="0" name="a/cv1.jpg" width="100" height="50"><box label="ocelot" source="manual" xtl="10" ytl="10" xbr="30" ybr="30"/><tag label="puma" source="auto"/></image></annotations>',
    },
    photos: 1,
    boxes: 1,
    verified: 1,
  },
  {
    reader: 'voc',
    files: {
      'Annotations/vo1.xml':
        '<annotation><filename>vo1.jpg</filename><size><width>100</width><height>50</height></size><object><name>ocelot</name><bndbox><xmin>10</xmin><xmax>30</xmax><ymin>5</ymin><ymax>20</ymax></bndbox></object></annotation>',
    },
    photos: 1,
    boxes: 1,
    verified: 1,
  },
  {
    reader: 'yolo',
    files: {
      'data.yaml': 'names:\n  0: ocelot\n',
      'labels/yo1.txt': '0 0.5 0.5 0.2 0.2\n0 0.1 0.1 0.1 0.1 0.3 0.3\n',
      'labels/yo2.txt': '',
    },
    photos: 2,
    boxes: 2,
    verified: 2,
  },
  {
    reader: 'wildlife-insights',
    files: {
      'images.csv': table(
        'project_id,deployment_id,image_id,location,is_blank,identified_by,wi_taxon_id,class,order,family,genus,species,common_name,timestamp',
        '1,D1,i1,gs://b/deployment/1/wi-x.JPG,0,Jane,u,Mammalia,Rodentia,Hystricidae,Hystrix,cristata,Crested Porcupine,2019-05-05 17:21:00',
        '1,D1,i2,gs://b/deployment/1/wi-y.JPG,1,Computer vision,u,,,,,,Blank,2019-05-05 17:22:00',
      ),
    },
    photos: 2,
    boxes: 0,
    verified: 1,
  },
  {
    reader: 'timelapse',
    files: {
      't.csv': table(
        'RootFolder,File,RelativePath,DateTime,DeleteFlag,Species,Empty',
        'r,tl1.jpg,sd\\a,2020-01-01 00:00:00,false,Ocelot,false',
        'r,tl2.jpg,,2020-01-01 00:00:01,false,,true',
      ),
    },
    photos: 2,
    boxes: 0,
    verified: 1,
  },
  {
    reader: 'inaturalist',
    files: {
      'o.csv': table(
        'id,observed_on,quality_grade,user_login,image_url,latitude,longitude,coordinates_obscured,scientific_name',
        '1,2019-08-13,research,u,https://x/photos/481/medium.jpeg,1.5,2.5,false,Calopteryx maculata',
      ),
    },
    photos: 1,
    boxes: 0,
    verified: 1,
  },
  {
    reader: 'dwca',
    files: {
      'meta.xml':
        '<archive xmlns="http://rs.tdwg.org/dwc/text/"><core encoding="UTF-8" fieldsTerminatedBy="\\t" fieldsEnclosedBy="" ignoreHeaderLines="1" rowType="http://rs.tdwg.org/dwc/terms/Occurrence"><files><location>occurrence.txt</location></files><id index="0"/><field index="1" term="http://rs.tdwg.org/dwc/terms/scientificName"/><field index="2" term="http://rs.tdwg.org/dwc/terms/identifiedBy"/><field default="Belgium" term="http://rs.tdwg.org/dwc/terms/country"/></core><extension rowType="http://rs.gbif.org/terms/1.0/Multimedia" fieldsTerminatedBy="," ignoreHeaderLines="1"><files><location>media.txt</location></files><coreid index="0"/><field index="1" term="http://purl.org/dc/terms/identifier"/></extension></archive>',
      'occurrence.txt': table('id\tname\tby', 'o1\tVulpes vulpes (Linnaeus, 1758)\tJane'),
      'media.txt': table('id,url', 'o1,media/dw1.jpg'),
    },
    photos: 1,
    boxes: 0,
    verified: 1,
  },
  {
    reader: 'camtrapr',
    files: {
      'r.csv': table(
        'Station,Species,DateTimeOriginal,Directory,FileName',
        'A,Leopardus pardalis,2009-04-21 00:40:00,photos/A,cr1.JPG',
      ),
    },
    photos: 1,
    boxes: 0,
    verified: 1,
  },
  {
    reader: 'keywords',
    files: {
      'kw1.JPG.xmp':
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:lr="http://ns.adobe.com/lightroom/1.0/"><lr:hierarchicalSubject><rdf:Bag><rdf:li>Species|Leopard Cat</rdf:li><rdf:li>count|2</rdf:li></rdf:Bag></lr:hierarchicalSubject></rdf:Description></rdf:RDF></x:xmpmeta>',
    },
    photos: 1,
    boxes: 0,
    verified: 1,
  },
]
