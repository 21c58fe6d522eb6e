// Wildlife Insights' upload bundle: projects, cameras, deployments and a row for each photo and taxon. Its ids must
// match in all tables, times must have a fixed form, and taxa are told by the ids of SpeciesNet's list.

import { findPlaces, type Place, placeOf } from './camtrap-dp/places.ts'
import { csvHeader, csvLines } from './csv-lines.ts'
import {
  type ExportSource,
  leadingOf,
  nameOf,
  rounded,
  textOf,
  type WrittenBox,
  type WrittenFile,
  type WrittenPhoto,
  type WrittenStatement,
  zipOf,
} from './writer.ts'

const PROJECT = 'clavis'
/** Its form takes no larger number. */
const MOST_OBJECTS = 175

/** The columns of its form. */
const COLUMNS = {
  projects:
    'project_id,project_name,project_short_name,project_objectives,project_species,project_species_individual,project_sensor_layout,project_sensor_layout_targeted_type,project_bait_use,project_bait_type,project_stratification,project_stratification_type,project_sensor_method,project_individual_animals,project_blank_images,project_sensor_cluster,project_admin,project_admin_email,project_admin_organization,country_code,embargo,initiative_id,metadata_license,image_license,data_citation,count_optional,project_type',
  cameras: 'project_id,camera_id,make,model,serial_number,year_purchased',
  deployments:
    'project_id,deployment_id,placename,longitude,latitude,start_date,end_date,bait_type,bait_description,feature_type,feature_type_methodology,camera_id,quiet_period,camera_functioning,sensor_height,height_other,sensor_orientation,orientation_other,plot_treatment,plot_treatment_description,detection_distance,subproject_name,subproject_design,event_name,event_description,event_type,recorded_by',
  images:
    'project_id,deployment_id,image_id,filename,location,is_blank,identified_by,wi_taxon_id,class,order,family,genus,species,common_name,uncertainty,timestamp,number_of_objects,age,sex,animal_recognizable,individual_id,individual_animal_notes,highlighted,markings,cv_confidence,license',
}

export const wildlifeInsightsWriter = zipOf('wildlife-insights', 'Wildlife Insights', write, { needsPlaces: true })

async function* write(source: ExportSource): AsyncGenerator<WrittenFile> {
  const places = await findPlaces(source)
  const list = [...places.values()]
  const days = list.map(({ start }) => start.slice(0, 10))
  yield table('projects', [
    {
      project_id: PROJECT,
      project_name: 'Clavis',
      project_short_name: 'Clavis',
      project_species: 'Multiple',
      project_sensor_method: 'Sensor Detection',
      project_individual_animals: 'No',
      project_blank_images: 'No',
      metadata_license: 'CC-BY',
      image_license: 'CC-BY-NC',
      project_type: 'Image',
    },
  ])
  yield table(
    'cameras',
    [...new Set(list.map(cameraOf))].map((camera) => ({ project_id: PROJECT, camera_id: camera })),
  )
  yield table('deployments', list.map(deploymentRow))
  yield { path: 'images.csv', content: images(source, places) }
  if (days.length === 0) source.omitted.push({ what: 'all photos', why: 'No deployment has a place and a time.' })
}

type Rows = Parameters<typeof csvLines>[1]

function table(name: keyof typeof COLUMNS, rows: Rows): WrittenFile {
  const columns = COLUMNS[name].split(',')
  return { path: `${name}.csv`, content: textOf(csvHeader(columns), csvLines(columns, rows)) }
}

const cameraOf = ({ row }: Place): string => row.camera ?? row.name
const timeOf = (clock: string): string => clock.replace('T', ' ').slice(0, 19)

const deploymentRow = (place: Place): Rows[number] => ({
  project_id: PROJECT,
  deployment_id: place.id,
  placename: place.row.station ?? place.id,
  longitude: rounded(place.longitude, 8),
  latitude: rounded(place.latitude, 8),
  start_date: timeOf(place.start),
  end_date: timeOf(place.end),
  bait_type: 'None',
  camera_id: cameraOf(place),
  quiet_period: 0,
  camera_functioning: place.row.problems.length > 0 ? 'Hardware Failure' : 'Camera Functioning',
})

async function* images(source: ExportSource, places: Map<string, Place>): AsyncGenerator<string> {
  const columns = COLUMNS.images.split(',')
  yield csvHeader(columns)
  for await (const photo of source.photos()) {
    const place = placeOf(photo, places)
    if (place === null || photo.capturedAt === null) {
      source.omitted.push({ what: photo.path, why: 'It has no time, or no deployment with a place.' })
      continue
    }
    const shared = {
      project_id: PROJECT,
      deployment_id: place.id,
      image_id: photo.id,
      filename: photo.path.slice(photo.path.lastIndexOf('/') + 1),
      location: photo.path,
      timestamp: timeOf(photo.capturedAt),
      highlighted: photo.favourite ? 'TRUE' : 'FALSE',
      license: 'CC-BY-NC',
    }
    const rows = taxaOf(photo).map((row) => ({ ...shared, ...row }))
    yield csvLines(columns, rows.length > 0 ? rows : [{ ...shared, ...untold(photo) }])
  }
}

const untold = ({ isEmpty, boxes }: WrittenPhoto): Rows[number] => {
  const isPerson = boxes.some(({ kind }) => kind === 'person')
  return {
    is_blank: isEmpty ? 1 : 0,
    common_name: isEmpty ? 'Blank' : isPerson ? 'Human' : 'No CV Result',
    identified_by: isEmpty ? '' : 'Computer vision',
  }
}

/** A row for each taxon, with how many there are; sex, age and individual only where they are those of all. */
function taxaOf(photo: WrittenPhoto): Rows {
  if (photo.isEmpty) return []
  const groups = new Map<string, { said: WrittenStatement; boxes: WrittenBox[] }>()
  for (const box of photo.boxes) {
    const said = leadingOf(box)
    if (box.kind !== 'animal' || said === undefined) continue
    const group = groups.get(nameOf(said)) ?? { said, boxes: [] }
    group.boxes.push(box)
    if (said.verified) group.said = said
    groups.set(nameOf(said), group)
  }
  return [...groups.values()].map(({ said, boxes }) => {
    const { taxon, verified, by, score, speciesnetId } = said
    const counted = Math.max(boxes.length, ...boxes.map(({ observed }) => observed?.count ?? 0))
    return {
      is_blank: 0,
      identified_by: verified ? by : 'Computer vision',
      wi_taxon_id: speciesnetId,
      class: taxon.class,
      order: taxon.order,
      family: taxon.family,
      genus: taxon.genus,
      species: taxon.species?.split(' ').slice(1).join(' '),
      common_name: taxon.commonName ?? nameOf(said),
      uncertainty: null,
      number_of_objects: Math.min(counted, MOST_OBJECTS),
      age: ageOf(boxes),
      sex: sexOf(boxes),
      individual_id: onlyOne(boxes.map(({ observed }) => observed?.individual ?? null)),
      individual_animal_notes: onlyOne(boxes.map(({ observed }) => observed?.behaviour ?? null)),
      cv_confidence: verified ? null : score,
    }
  })
}

const onlyOne = <T>(values: T[]): T | null => (new Set(values).size === 1 ? values[0]! : null)

function sexOf(boxes: WrittenBox[]): string | null {
  const sex = onlyOne(boxes.map(({ observed }) => observed?.sex ?? null))
  return sex === null ? null : sex === 'male' ? 'Male' : 'Female'
}

/** Its form knows adults and juveniles alone. */
function ageOf(boxes: WrittenBox[]): string | null {
  const stage = onlyOne(boxes.map(({ observed }) => observed?.lifeStage ?? null))
  return stage === 'adult' ? 'Adult' : stage === 'juvenile' ? 'Juvenile' : null
}
