import { type JSX, splitProps } from 'solid-js'

export type IconProps = JSX.SvgSVGAttributes<SVGSVGElement> & {
  /** Width and height in CSS pixels. */
  size?: number
}

/**
 * An icon of Lucide in the text's colour. It is decoration: the text next to it or its button's label gives the
 * meaning.
 */
export function icon(drawing: string) {
  return (props: IconProps) => {
    const [own, rest] = splitProps(props, ['size'])
    return (
      <svg
        width={own.size ?? 24}
        height={own.size ?? 24}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        stroke-width={2}
        stroke-linecap="round"
        stroke-linejoin="round"
        aria-hidden="true"
        {...rest}
        innerHTML={drawing}
      />
    )
  }
}
