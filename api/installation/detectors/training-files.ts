// What lies beside the photos of a detector's data set: how to train, a script, a notebook, and what may be done with
// the photos. The training tools have a licence of their own and are installed by whoever trains.

export type SetFacts = {
  photos: number
  boxes: number
  empties: number
  heldOut: number
  by: 'camera' | 'group'
  classes: readonly string[]
  createdAt: Date
}

const TOOL = 'https://github.com/ultralytics/yolov5'

const SETUP = [`git clone --depth 1 ${TOOL}`, 'pip install -r yolov5/requirements.txt onnx']
const TRAIN =
  'python yolov5/train.py --data data.yaml --weights yolov5s.pt --img 640 --batch-size 16 --epochs 100 --patience 20 --project runs --name animals --exist-ok'
const EXPORT =
  'python yolov5/export.py --weights runs/animals/weights/best.pt --include onnx --img 640 --dynamic --opset 12'

export const readmeOf = ({
  photos,
  boxes,
  empties,
  heldOut,
  by,
  classes,
  createdAt,
}: SetFacts): string => `# Data set to train a detector

Written by Clavis on ${createdAt.toISOString().slice(0, 10)}: ${photos} photos with ${boxes} animals, of which people have settled every box, and ${empties}
photos that they marked empty. Classes: ${classes.join(', ')}.

- \`images/train\`, \`labels/train\`: to train with.
- \`images/val\`, \`labels/val\`: ${heldOut} photos that are kept out. ${
  by === 'camera' ? 'No camera is in both halves.' : 'No burst is in both halves.'
} Clavis compares detectors on them, so do
  not train with them.
- \`data.yaml\`: the paths and the class names. Labels are YOLO's: class, centre x, centre y, width, height, as fractions of the photo.

## Train

You need a machine with a GPU and Python. \`sh train.sh\` installs YOLOv5, trains and writes \`runs/animals/weights/best.onnx\`; \`train.ipynb\` does
the same in a notebook. On one GPU, 2,000 photos take about an hour. YOLOv5 is not part of Clavis: you install it, under its licence
(AGPL-3.0, ${TOOL}), and the weights that it starts from carry that licence too.

## Bring it back

    npm run models -- add runs/animals/weights/best.onnx --name our-detector
    npm run detector -- compare our-detector
    npm run detector -- accept our-detector

or on the page **Models**. The comparison runs both detectors on the photos that were kept out. Only a detector that is not worse can be accepted.

Read \`LICENCES.md\` before you hand on the photos or the weights.
`

export const licencesOf = ({ createdAt }: Pick<SetFacts, 'createdAt'>): string => `# Licences

Clavis does not know the licences of your photos. Before you hand on this folder, or weights trained with it, check for each source of photos whether its
owner allows it; "research only" and "no derivatives" usually carry over to trained weights. Photos may show people and exact places.

| part | licence |
|---|---|
| photos | their owners': fill in who they are and what they allow |
| boxes and names | by the people of this installation, exported ${createdAt.toISOString().slice(0, 10)} |
| YOLOv5, and the weights that training starts from | AGPL-3.0 (Ultralytics); installed by you, not part of this folder |
| weights that you train | as the above allow; note it with \`npm run models -- add FILE --licence TEXT\` |
`

export const scriptOf = (): string => `#!/bin/sh
# Trains YOLOv5 with this folder and exports the result as ONNX. Needs a GPU, git and Python; run it in this folder.
set -e
cd "$(dirname "$0")"
test -d yolov5 || ${SETUP[0]}
${SETUP[1]}
${TRAIN}
${EXPORT}
echo "Done: runs/animals/weights/best.onnx"
`

const cell = (type: 'markdown' | 'code', lines: readonly string[]) => ({
  cell_type: type,
  metadata: {},
  source: lines.map((line, i) => (i + 1 < lines.length ? `${line}\n` : line)),
  ...(type === 'code' && { execution_count: null, outputs: [] }),
})

export const notebookOf = (facts: SetFacts): string =>
  JSON.stringify(
    {
      cells: [
        cell('markdown', [
          '# Train a detector',
          '',
          `${facts.photos} photos, ${facts.boxes} animals. Run it in this folder, on a machine with a GPU.`,
          'YOLOv5 is AGPL-3.0 and is installed by you.',
        ]),
        cell('code', [`![ -d yolov5 ] || ${SETUP[0]}`, `!${SETUP[1]}`]),
        cell('code', [`!${TRAIN}`]),
        cell('code', [`!${EXPORT}`]),
        cell('markdown', [
          'Bring `runs/animals/weights/best.onnx` back: on the page **Models**, or with `npm run models -- add`.',
        ]),
      ],
      metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
      nbformat: 4,
      nbformat_minor: 5,
    },
    null,
    1,
  )
