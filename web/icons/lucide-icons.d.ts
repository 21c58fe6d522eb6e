/** One icon of the Lucide collection by its name there; lucide.ts builds it. */
declare module 'lucide:*' {
  const icon: import('solid-js').Component<import('./icon.tsx').IconProps>
  export default icon
}
