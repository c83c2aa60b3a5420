"""The sentences of every problem: code → (English, Chinese)."""

# ruff: noqa: E501

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    # files that are held
    "empty_file": (
        "{file} is empty (0 bytes). Send the file again.",
        "文件 {file} 为空（0 字节），请重新提供。",
    ),
    "not_what_name_says": (
        "{file} is not what its name says: the content is {found}. Rename it or send the right file.",
        "文件 {file} 的内容与扩展名不符（实际为 {found}），请改名或重新提供。",
    ),
    "broken_encoding": (
        "{file}, row {row}: the text is neither UTF-8 nor GB18030. Save the file in one encoding.",
        "文件 {file} 第 {row} 行编码损坏（既非 UTF-8 也非 GB18030），请以同一种编码重新保存。",
    ),
    "mixed_encoding": (
        "{file}, row {row}: two encodings are mixed in one file. Save the file in one encoding.",
        "文件 {file} 第 {row} 行与其余各行编码不一致，请以同一种编码重新保存。",
    ),
    "nul_bytes": (
        "{file}, row {row}: the text holds NUL bytes. Export the file again.",
        "文件 {file} 第 {row} 行含有空字节（NUL），请重新导出。",
    ),
    "empty_sheet": (
        "{file}: sheet “{sheet}” has no rows.",
        "文件 {file} 的工作表“{sheet}”没有数据行。",
    ),
    "duplicate_column": (
        "{file}, sheet “{sheet}”: two columns are named “{column}”. Give every column its own name.",
        "文件 {file} 的工作表“{sheet}”有两列同名“{column}”，请为每列取不同的名称。",
    ),
    "unnamed_column": (
        "{file}, sheet “{sheet}”: column {number} has no name.",
        "文件 {file} 的工作表“{sheet}”第 {number} 列没有列名。",
    ),
    "ragged_row": (
        "{file}, row {row}: {found} cells where the header has {expected}.",
        "文件 {file} 第 {row} 行有 {found} 个单元格，表头为 {expected} 列。",
    ),
    "too_many_columns": (
        "{file} has {found} columns; at most {limit} are read.",
        "文件 {file} 有 {found} 列，超过上限 {limit} 列。",
    ),
    "cell_too_large": (
        "{file}: a cell in column “{column}”, row {row} is larger than {limit} characters.",
        "文件 {file} 第 {row} 行“{column}”列的单元格超过 {limit} 个字符。",
    ),
    "archive_bomb": (
        "{file} unpacks to {size} bytes; at most {limit} are unpacked.",
        "文件 {file} 解压后达 {size} 字节，超过上限 {limit} 字节。",
    ),
    "archive_ratio": (
        "{file} unpacks to {ratio} times its size, a workbook to {limit} times at most: it is "
        "not unpacked.",
        "文件 {file} 解压后为原大小的 {ratio} 倍，正常表格文件不超过 {limit} 倍，不予解压。",
    ),
    "unsupported_kind": (
        "{file} is {found}: a person has to look at it; it is never published automatically.",
        "文件 {file} 为 {found}，不能自动脱敏，须由人工处理，不会自动发布。",
    ),
    "unreadable_content": (
        "{file} cannot be read as {found}: it is damaged or protected by a password.",
        "文件 {file} 无法按 {found} 读取：文件已损坏或设有密码。",
    ),
    "not_a_table": (
        "{file} is no table: rows of one shape were expected.",
        "文件 {file} 不是表格数据：各条记录的结构应当一致。",
    ),
    "too_large_for_kind": (
        "{file}: the table is too large for this kind of file. Write it as CSV.",
        "数据量过大，无法写成 {file}，请改用 CSV 格式。",
    ),
    # read, but a person should know
    "sheet_skipped": (
        "Sheet “{sheet}” has no rows and was left out.",
        "工作表“{sheet}”没有数据行，已略过。",
    ),
    "hidden_sheet": (
        "Sheet “{sheet}” was hidden; it is treated like the others.",
        "工作表“{sheet}”原为隐藏状态，按普通工作表处理。",
    ),
    "comments_dropped": (
        "The workbook has comments; they are left out of the output.",
        "工作簿含有批注，输出时不予保留。",
    ),
    "number_lost_digits": (
        "Column “{column}”: {count} numbers are longer than the 15 digits a spreadsheet keeps; "
        "their last digits are lost. Export the column as text.",
        "“{column}”列有 {count} 个数值超过电子表格可保留的 15 位，末尾数字已丢失，请将该列以文本格式导出。",
    ),
    "split_identifier": (
        "Columns “{left}” and “{right}” read together are {entity}.",
        "“{left}”列与“{right}”列拼接后构成{entity}。",
    ),
    "formula": (
        "Column “{column}”: {count} cells begin like a spreadsheet formula; they are defused.",
        "“{column}”列有 {count} 个单元格形似电子表格公式，输出时将作无害化处理。",
    ),
    # plans
    "column_missing": (
        "The plan has no decision for column “{column}”.",
        "方案未对“{column}”列作出处理决定。",
    ),
    "column_unknown": (
        "The plan names column “{column}”, which the table does not have.",
        "方案中的“{column}”列在表中不存在。",
    ),
    "column_twice": ("The plan names column “{column}” twice.", "方案中“{column}”列出现两次。"),
    "risk_column": (
        "Column “{column}” is declared for the risk figures, but is not in the output.",
        "“{column}”列被列入风险测算，但不在输出列中。",
    ),
    "undecided": (
        "Column “{column}” needs a person's decision.",
        "“{column}”列须由人工决定处理方式。",
    ),
    "kept_without_reason": (
        "Column “{column}” is classed “{class_}” and kept: a reason is needed.",
        "“{column}”列判定为“{class_}”却予以保留，须填写理由。",
    ),
    "action_params": (
        "Column “{column}”: action “{action}” is not complete: {detail}.",
        "“{column}”列的处理方式“{action}”参数不完整：{detail}。",
    ),
    "confidential_review": (
        "The standard “{standard}” asks for {procedure} before release.",
        "脱敏标准“{standard}”要求开放前履行{procedure}。",
    ),
    # outputs
    "not_transformed": (
        "Column “{column}”: {count} values could not be read as “{to}” and were left empty.",
        "“{column}”列有 {count} 个值无法按“{to}”处理，已置空。",
    ),
    "residual": (
        "Column “{column}” still holds {count} values of {entity}.",
        "“{column}”列仍残留 {count} 个{entity}。",
    ),
    "rows_changed": (
        "The output has {found} rows; the input had {expected}.",
        "输出为 {found} 行，输入为 {expected} 行，行数不一致。",
    ),
    "digest_differs": (
        "The file or the plan is not the one that the evidence was made for.",
        "文件或方案与证据记载的摘要不一致。",
    ),
    "columns_changed": (
        "The output's columns are not those of the plan.",
        "输出的列与方案不一致。",
    ),
    "risk_k": (
        "The smallest group has {found} rows; the threshold is k = {limit}. {rows} rows are affected.",
        "最小等价类为 {found} 行，低于阈值 k = {limit}，涉及 {rows} 行。",
    ),
    "risk_l": (
        "Column “{column}”: a group has only {found} different values; the threshold is l = {limit}.",
        "“{column}”列存在仅含 {found} 种取值的等价类，低于阈值 l = {limit}。",
    ),
    "risk_t": (
        "Column “{column}”: a group's distribution is {found} away from the whole; the threshold is t = {limit}.",
        "“{column}”列存在分布偏离整体 {found} 的等价类，超过阈值 t = {limit}。",
    ),
    "risk_unique": (
        "{found} of the rows are unique; the threshold is {limit}.",
        "唯一记录占 {found}，超过阈值 {limit}。",
    ),
    "risk_prosecutor": (
        "The highest risk of re-identification is {found}; the threshold is {limit}.",
        "最大重识别风险为 {found}，超过阈值 {limit}。",
    ),
    "risk_average": (
        "The average risk of re-identification is {found}; the threshold is {limit}.",
        "平均重识别风险为 {found}，超过阈值 {limit}。",
    ),
    "formula_left": (
        "Column “{column}”: {count} cells begin like a spreadsheet formula.",
        "“{column}”列有 {count} 个单元格仍形似电子表格公式。",
    ),
    "unexplained": (
        "The output could not be checked ({detail}); it is held.",
        "输出未能完成核验（{detail}），暂不放行。",
    ),
}
