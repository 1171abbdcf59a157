/** Line icons of 16 by 16; each stands beside words, so none is read aloud. */

import type { ReactElement, ReactNode } from 'react';

function Icon({ children, sizePx = 16 }: { children: ReactNode; sizePx?: number }): ReactElement {
  return (
    <svg
      width={sizePx}
      height={sizePx}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const SunIcon = (): ReactElement => (
  <Icon>
    <circle cx="8" cy="8" r="3" />
    <path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />
  </Icon>
);

export const MoonIcon = (): ReactElement => (
  <Icon>
    <path d="M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1Z" />
  </Icon>
);

export const SystemIcon = (): ReactElement => (
  <Icon>
    <rect x="1.5" y="2.5" width="13" height="8.5" rx="1.5" />
    <path d="M5.5 13.5h5" />
  </Icon>
);

export const ChevronIcon = (): ReactElement => (
  <Icon>
    <path d="m4 6 4 4 4-4" />
  </Icon>
);

export const TickIcon = (): ReactElement => (
  <Icon sizePx={12}>
    <path d="m3 8.5 3.2 3L13 4.5" />
  </Icon>
);

export const PlusIcon = (): ReactElement => (
  <Icon>
    <path d="M8 3v10M3 8h10" />
  </Icon>
);

export const BackIcon = (): ReactElement => (
  <Icon>
    <path d="M9.5 3.5 5 8l4.5 4.5" />
  </Icon>
);

export const ForwardIcon = (): ReactElement => (
  <Icon>
    <path d="M6.5 3.5 11 8l-4.5 4.5" />
  </Icon>
);

export const EyeIcon = (): ReactElement => (
  <Icon>
    <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z" />
    <circle cx="8" cy="8" r="2" />
  </Icon>
);

export const ClosedEyeIcon = (): ReactElement => (
  <Icon>
    <path d="M6.2 3.8C6.8 3.6 7.4 3.5 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-1.8 2.3M3.6 5A11 11 0 0 0 1.5 8S4 12.5 8 12.5c1 0 1.9-.3 2.7-.7M2.5 2.5l11 11" />
  </Icon>
);

export const LockIcon = (): ReactElement => (
  <Icon>
    <path d="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5" />
  </Icon>
);

export const OpenLockIcon = (): ReactElement => (
  <Icon>
    <path d="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 4.8-1" />
  </Icon>
);

export const CurveIcon = ({ sizePx = 28 }: { sizePx?: number }): ReactElement => (
  <Icon sizePx={sizePx}>
    <path d="M2 2v12h12M4.5 11C6 6.5 9 5 13.5 4.5" />
  </Icon>
);

export const FolderIcon = ({ sizePx = 28 }: { sizePx?: number }): ReactElement => (
  <Icon sizePx={sizePx}>
    <path d="M1.5 4.5v8a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1V6a1 1 0 0 0-1-1H8L6.5 3h-4a1 1 0 0 0-1 1Z" />
  </Icon>
);

export const FileIcon = (): ReactElement => (
  <Icon>
    <path d="M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3" />
  </Icon>
);

export const SearchIcon = (): ReactElement => (
  <Icon>
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3.5 3.5" />
  </Icon>
);

export const KeyIcon = ({ sizePx = 28 }: { sizePx?: number }): ReactElement => (
  <Icon sizePx={sizePx}>
    <circle cx="5" cy="11" r="3" />
    <path d="m7.2 8.8 6.3-6.3M11 5l2 2" />
  </Icon>
);
