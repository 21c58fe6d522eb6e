// How rows travel in one text. No name of a file has these characters.

export const FIELD = '\u001f'
export const ROW = '\u001e'
