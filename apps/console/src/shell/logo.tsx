export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="#4f52c9" />
      <path
        d="M8 20.5c3.2 0 3.6-9 8-9s4.8 9 8 9"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <circle cx="16" cy="20.5" r="2.2" fill="#fff" />
    </svg>
  )
}
