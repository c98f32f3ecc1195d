namespace MySchool.CommandLine;

/// <summary>Something the person at the console can put right: its message is shown as it is, without a stack.</summary>
public sealed class OperatorException : Exception
{
    public OperatorException() { }

    public OperatorException(string message) : base(message) { }

    public OperatorException(string message, Exception inner) : base(message, inner) { }
}
