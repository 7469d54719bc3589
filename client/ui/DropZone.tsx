import { Button } from 'antd';
import { useRef, useState, type DragEvent, type ReactNode } from 'react';
import { filesOfDrop } from './dropped-files.ts';
import './drop-zone.css';

export interface DropZoneProps {
  label: string;
  hint: string;
  pickText: string;
  /** A second button that picks a whole folder. */
  pickFolderText?: string;
  /** On a device that is touched, a button that opens the camera. */
  cameraText?: string;
  primary?: boolean;
  multiple?: boolean;
  testId: string;
  onFiles: (files: File[]) => void;
  children?: ReactNode;
}

/** A place to drop files on, and buttons that do the same by keyboard and on a phone. */
export function DropZone(props: DropZoneProps) {
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const folderPicker = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const hasCamera = props.cameraText !== undefined && window.matchMedia?.('(pointer: coarse)').matches;
  const take = (files: File[]) => {
    if (files.length > 0) props.onFiles(files);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void filesOfDrop(event.dataTransfer).then(take);
  };
  const input = (ref: typeof picker, folder: boolean) => (
    <input
      ref={ref}
      type="file"
      hidden
      multiple={folder || props.multiple}
      data-testid={folder ? `${props.testId}-folder` : props.testId}
      {...(folder ? { webkitdirectory: '' } : {})}
      onChange={(event) => {
        take([...(event.target.files ?? [])]);
        event.target.value = '';
      }}
    />
  );
  return (
    <div
      className="drop-zone"
      data-over={over}
      data-testid={`${props.testId}-zone`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <div className="drop-zone-words">
        <strong>{props.label}</strong>
        <span className="secondary">{props.hint}</span>
      </div>
      <div className="row">
        <Button type={props.primary ? 'primary' : 'default'} onClick={() => picker.current?.click()}>
          {props.pickText}
        </Button>
        {hasCamera && <Button onClick={() => camera.current?.click()}>{props.cameraText}</Button>}
        {props.pickFolderText && <Button onClick={() => folderPicker.current?.click()}>{props.pickFolderText}</Button>}
      </div>
      {hasCamera && (
        <input
          ref={camera}
          type="file"
          hidden
          accept="image/*"
          capture="environment"
          data-testid={`${props.testId}-camera`}
          onChange={(event) => {
            take([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      )}
      {input(picker, false)}
      {props.pickFolderText && input(folderPicker, true)}
      {props.children}
    </div>
  );
}
